import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OpenTrackController, OpenTrackHandler } from './open-track.js';
import { RecordAboutDevelopmentController, RecordAboutDevelopmentHandler } from './record-about-development.js';
import { RecordDevelopmentController, RecordDevelopmentHandler } from './record-development.js';
import { RegisterEntryHandler, RegistersController } from './register-entry.js';

@Module({
  imports: [CqrsModule],
  controllers: [RegistersController, OpenTrackController, RecordDevelopmentController, RecordAboutDevelopmentController],
  providers: [RegisterEntryHandler, OpenTrackHandler, RecordDevelopmentHandler, RecordAboutDevelopmentHandler],
})
export class CommandsModule {}
