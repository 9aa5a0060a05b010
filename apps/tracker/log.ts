// What the service tells its operator: lines on stderr, from a level on.
import type { LoggerService } from '@nestjs/common';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Log {
  error(message: string, error?: unknown): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

export function createLog(level: LogLevel, write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const say = (of: LogLevel, message: string): void => {
    if (LOG_LEVELS.indexOf(of) <= LOG_LEVELS.indexOf(level)) write(`${new Date().toISOString()} ${of.padEnd(5)} ${message}\n`);
  };
  return {
    error: (message, error) => say('error', error === undefined ? message : `${message}: ${described(error)}`),
    warn: (message) => say('warn', message),
    info: (message) => say('info', message),
    debug: (message) => say('debug', message),
  };
}

/** Nest's own words. What it calls a log is detail to an operator. */
export function nestLogger(log: Log): LoggerService {
  return {
    error: (message: unknown, ...rest: unknown[]) => log.error(inWords(message, rest)),
    fatal: (message: unknown, ...rest: unknown[]) => log.error(inWords(message, rest)),
    warn: (message: unknown, ...rest: unknown[]) => log.warn(inWords(message, rest)),
    log: (message: unknown, ...rest: unknown[]) => log.debug(inWords(message, rest)),
    debug: () => undefined,
    verbose: () => undefined,
  };
}

function inWords(message: unknown, rest: readonly unknown[]): string {
  return [message, ...rest].map((part) => (part instanceof Error ? described(part) : String(part))).join(' ');
}

function described(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
