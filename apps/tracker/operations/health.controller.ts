// GET /health/live, GET /health/ready: whether the process runs, and whether its answers are whole.
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { StoreUnavailable, type EventStore } from '#event-store/port.js';
import type { ReadSide } from '#projections/read-side.js';
import { DEMO_CRISIS, type Demo } from '../demo/demo.js';
import type { LogWatch } from '../event-log/log-watch.js';
import { reference } from '../openapi/body-schemas.js';
import { Answers } from '../openapi/describe.js';
import { DEMO, EVENT_STORE, LOG_WATCH, READ_SIDE } from '../tokens.js';

@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(READ_SIDE) private readonly readSide: ReadSide,
    @Inject(LOG_WATCH) private readonly watch: LogWatch,
    @Inject(DEMO) private readonly demo: Demo,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process runs' })
  @Answers('Live', 'It does')
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  /** 503 with the reasons until the service is caught up and the first crisis is filled in whole, and while the store is away. */
  @Get('ready')
  @ApiOperation({ summary: 'Whether the answers are whole: caught up with the log, and the first crisis filled in' })
  @Answers('Ready', 'Ready')
  @ApiResponse({ status: 503, description: 'Not ready, with the reasons', schema: reference('Ready') })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { position, caughtUp, parked, interrupted } = this.readSide.progress;
    const head = await this.watch.head().catch((error: unknown) => error as Error);
    const reasons: string[] = [];
    if (head instanceof Error) reasons.push(`The event store does not answer: ${head.message}`);
    if (interrupted !== undefined) reasons.push(`The log cannot be followed: ${interrupted}`);
    if (!caughtUp || position < this.demo.filledUpTo) reasons.push('The read side is catching up with the log');
    if (this.demo.state === 'filling') reasons.push(`The crisis ${DEMO_CRISIS} is being filled in`);
    const answer = {
      status: reasons.length === 0 ? 'ready' : 'not-ready',
      reasons,
      store: { id: idOf(this.store), head: head instanceof Error ? null : String(head) },
      readSide: {
        position: String(position),
        lag: head instanceof Error ? null : String(head > position ? head - position : 0n),
        staleFor: this.watch.lag ?? null,
        caughtUp,
        parked,
      },
      demo: this.demo.state,
    };
    void reply
      .code(reasons.length === 0 ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .type('application/json')
      .send(JSON.stringify(answer));
  }
}

/** Null until the store has told it. */
function idOf(store: EventStore): string | null {
  try {
    return store.id;
  } catch (error) {
    if (error instanceof StoreUnavailable) return null;
    throw error;
  }
}
