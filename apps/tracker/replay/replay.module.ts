import { Module } from '@nestjs/common';
import { ExportController } from './export.js';
import { ReplayController } from './replay.js';

/** Histories as streams. Whoever imports it provides `READ_SIDE` and `LOG`, globally. */
@Module({ controllers: [ReplayController, ExportController] })
export class ReplayModule {}
