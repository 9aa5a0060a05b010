// The service as Nest sees it: its parts, and the calls that stand on them.
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { EventStore } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import { CommandsModule } from './commands/commands.module.js';
import type { Demo } from './demo/demo.js';
import type { LogWatch } from './event-log/log-watch.js';
import type { RouteTable } from './http/route-table.js';
import { ImportController } from './import/import.controller.js';
import { LiveModule } from './live/live.module.js';
import type { Log } from './log.js';
import { HealthController } from './operations/health.controller.js';
import type { Metrics } from './operations/metrics.js';
import { MetricsController } from './operations/metrics.controller.js';
import { ProjectionsController } from './operations/projections.controller.js';
import { ProblemFilter } from './problem-filter.js';
import { ReadsModule } from './reads/reads.module.js';
import { ReplayModule } from './replay/replay.module.js';
import type { Recorder } from './recording/recorder.js';
import type { Settings } from './settings.js';
import { DEMO, EVENT_STORE, LOG, LOG_WATCH, METRICS, READ_SIDE, RECORDER, ROUTES, SETTINGS, WEBHOOK_FILE } from './tokens.js';
import type { WebhookFile } from './webhooks/webhook-file.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** What is opened before Nest starts, and closed after it has ended. */
export interface Parts {
  readonly settings: Settings;
  readonly log: Log;
  readonly store: EventStore;
  readonly readSide: ReadSide;
  readonly watch: LogWatch;
  readonly recorder: Recorder;
  readonly routes: RouteTable;
  readonly metrics: Metrics;
  readonly demo: Demo;
  readonly webhookFile: WebhookFile;
}

@Global()
@Module({})
export class AppModule {
  static of({ settings, log, store, readSide, watch, recorder, routes, metrics, demo, webhookFile }: Parts): DynamicModule {
    const parts = [
      { provide: SETTINGS, useValue: settings },
      { provide: LOG, useValue: log },
      { provide: EVENT_STORE, useValue: store },
      { provide: READ_SIDE, useValue: readSide },
      { provide: LOG_WATCH, useValue: watch },
      { provide: RECORDER, useValue: recorder },
      { provide: ROUTES, useValue: routes },
      { provide: METRICS, useValue: metrics },
      { provide: DEMO, useValue: demo },
      { provide: WEBHOOK_FILE, useValue: webhookFile },
    ];
    return {
      module: AppModule,
      imports: [CommandsModule, ReadsModule, LiveModule, ReplayModule, WebhooksModule],
      controllers: [ImportController, HealthController, MetricsController, ProjectionsController],
      providers: [...parts, { provide: APP_FILTER, useClass: ProblemFilter }],
      exports: parts,
    };
  }
}
