// Some of the service over HTTP: controllers or modules, on parts that a spec gives.
import { Global, Module, type DynamicModule, type ModuleMetadata, type ValueProvider } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLog } from '../../log.js';
import { ProblemFilter } from '../../problem-filter.js';
import { LOG, ROUTES } from '../../tokens.js';
import { RouteTable } from '../route-table.js';
import { createHttpServer } from '../server.js';

/** By tokens. A log and an empty table of routes are there. */
export type GivenParts = readonly ValueProvider[];

@Global()
@Module({})
class GivenModule {}

/** On any free port of this machine; to be closed by the caller. */
export async function serve(
  served: Pick<ModuleMetadata, 'imports' | 'controllers'>,
  given: GivenParts,
): Promise<{ app: NestFastifyApplication; url: string }> {
  const parts = [...given, { provide: LOG, useValue: createLog('error') }, { provide: ROUTES, useValue: new RouteTable() }];
  const module: DynamicModule = {
    module: GivenModule,
    ...served,
    providers: [...parts, { provide: APP_FILTER, useClass: ProblemFilter }],
    exports: parts,
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, createHttpServer().adapter, { bodyParser: false, logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
