// What Parley's POST is measured against: a Nest route on Fastify that checks the same body, and does nothing.
import 'reflect-metadata';
import { Body, Controller, Get, HttpException, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { faultsOf } from '#crisis/check.js';
import { DEVELOPMENTS, isDevelopmentType } from '#crisis/vocabulary/types.js';

@Controller()
class EmptyController {
  @Get('ready')
  ready(): object {
    return {};
  }

  @Post('crises/:crisis/tracks/:track/developments')
  record(@Body() body: { type?: unknown }): object {
    if (!isDevelopmentType(body.type) || faultsOf(DEVELOPMENTS[body.type], body).length > 0) throw new HttpException('Bad request', 400);
    return { status: 'recorded', position: '1', revision: '1', recordedAt: new Date().toISOString() };
  }
}

@Module({ controllers: [EmptyController] })
class EmptyModule {}

const app = await NestFactory.create(EmptyModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
