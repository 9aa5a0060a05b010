import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AskHandler } from './ask.js';
import { ActorsController } from './actors.js';
import { ChangesController } from './changes.js';
import { CommitmentsController } from './commitments.js';
import { CrisesController } from './crises.js';
import { DevelopmentController } from './development.js';
import { MeetingsController } from './meetings.js';
import { ParkedController } from './parked.js';
import { PositionsController } from './positions.js';
import { TensionController } from './tension.js';
import { TimelineController } from './timeline.js';
import { TracksController } from './tracks.js';

/** The read side over HTTP. Whoever imports it provides `READ_SIDE`, globally. */
@Module({
  imports: [CqrsModule],
  controllers: [
    CrisesController,
    TracksController,
    TimelineController,
    DevelopmentController,
    PositionsController,
    CommitmentsController,
    MeetingsController,
    TensionController,
    ActorsController,
    ChangesController,
    ParkedController,
  ],
  providers: [AskHandler],
})
export class ReadsModule {}
