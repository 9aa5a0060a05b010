import { Module } from '@nestjs/common';
import type { EventStore } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import type { LogWatch } from '../event-log/log-watch.js';
import type { Log } from '../log.js';
import type { Metrics } from '../operations/metrics.js';
import type { Settings } from '../settings.js';
import { EVENT_STORE, LOG, LOG_WATCH, METRICS, READ_SIDE, SETTINGS, WEBHOOK_FILE } from '../tokens.js';
import { SYSTEM_CLOCK } from './clock.js';
import { Sender } from './send.js';
import type { WebhookFile } from './webhook-file.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhooksController } from './webhooks.controller.js';
import { Webhooks } from './webhooks.js';

/** Webhooks. Whoever imports it provides what is injected here, globally. */
@Module({
  controllers: [WebhooksController],
  providers: [
    { provide: Sender, inject: [SETTINGS], useFactory: ({ webhookPrivate }: Settings) => new Sender({ allowPrivate: webhookPrivate }) },
    {
      provide: WebhookMetrics,
      inject: [METRICS, WEBHOOK_FILE],
      useFactory: ({ registry }: Metrics, file: WebhookFile) => new WebhookMetrics(registry, () => file.parkedCount()),
    },
    {
      provide: Webhooks,
      inject: [WEBHOOK_FILE, Sender, EVENT_STORE, READ_SIDE, LOG_WATCH, WebhookMetrics, LOG],
      useFactory: (
        file: WebhookFile,
        sender: Sender,
        store: EventStore,
        readSide: ReadSide,
        watch: LogWatch,
        metrics: WebhookMetrics,
        log: Log,
      ) => new Webhooks({ file, sender, store, readSide, watch, metrics, log, clock: SYSTEM_CLOCK, random: Math.random }),
    },
  ],
})
export class WebhooksModule {}
