// The injection tokens of what a service is made of. `app.module.ts` provides them everywhere.

/** {@link import('./settings.js').Settings} */
export const SETTINGS = Symbol('settings');
/** {@link import('./log.js').Log} */
export const LOG = Symbol('log');
/** {@link import('#event-store/port.js').EventStore} */
export const EVENT_STORE = Symbol('event store');
/** {@link import('#projections/read-side.js').ReadSide} */
export const READ_SIDE = Symbol('read side');
/** {@link import('./event-log/log-watch.js').LogWatch} */
export const LOG_WATCH = Symbol('log watch');
/** {@link import('./recording/recorder.js').Recorder} */
export const RECORDER = Symbol('recorder');
/** {@link import('./http/route-table.js').RouteTable} */
export const ROUTES = Symbol('routes');
/** {@link import('./operations/metrics.js').Metrics} */
export const METRICS = Symbol('metrics');
/** {@link import('./demo/demo.js').Demo} */
export const DEMO = Symbol('demo');
/** {@link import('./webhooks/webhook-file.js').WebhookFile} */
export const WEBHOOK_FILE = Symbol('webhook file');
