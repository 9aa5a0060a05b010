import { Module } from '@nestjs/common';
import { LiveHub } from './live-hub.js';
import { LiveController } from './live.js';

/** Live connections. Whoever imports it provides `READ_SIDE`, `EVENT_STORE` and `LOG`, globally. */
@Module({ controllers: [LiveController], providers: [LiveHub], exports: [LiveHub] })
export class LiveModule {}
