// The settings of the service, from its environment. Each is checked at the start.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LOG_LEVELS, type LogLevel } from './log.js';

export interface Settings {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** The connection string of an EventStoreDB; undefined: the embedded store, in `dataDir`. */
  readonly eventStoreUrl: string | undefined;
  /** Fill an empty embedded store with the January 2022 crisis. An EventStoreDB is never filled. */
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  /** Webhooks may be at private addresses, and speak plain HTTP. */
  readonly webhookPrivate: boolean;
  /** Whose pages may call this service from a browser, such as `https://desk.example`; `*`: all. */
  readonly allowedOrigins: readonly string[] | '*';
}

/** Each fault is a sentence that says what to do. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** Reads the settings. An empty variable counts as unset. @throws SettingsInvalid */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const faults: string[] = [];
  const read = <T>(name: string, fallback: T, parse: (text: string) => T | undefined, advice: string): T => {
    const text = environment[name]?.trim() ?? '';
    if (text === '') return fallback;
    const value = parse(text);
    // A connection string may hold a password.
    if (value === undefined)
      faults.push(name === 'EVENTSTORE_URL' ? `${name} is no connection string. ${advice}` : `${name} is "${text}". ${advice}`);
    return value ?? fallback;
  };
  const settings: Settings = {
    port: read('PORT', 3000, port, 'Set it to a port number from 1 to 65535, or to 0 for any free port.'),
    host: read(
      'HOST',
      '127.0.0.1',
      host,
      'Set it to an address or name of this machine, such as 127.0.0.1, or 0.0.0.0 for all its addresses.',
    ),
    dataDir: read(
      'PARLEY_DATA_DIR',
      resolve('.parley'),
      folder,
      'There is a file of that name; set it to a folder, which is made if it is not there.',
    ),
    eventStoreUrl: read<string | undefined>(
      'EVENTSTORE_URL',
      undefined,
      connectionString,
      'Set it to a connection string that begins with esdb:// or esdb+discover:// and names a host, such as esdb://localhost:2113?tls=false, or unset it for the embedded store.',
    ),
    demo: read('PARLEY_DEMO', true, onOrOff, 'Set it to "on" to fill an empty store with the January 2022 crisis, or to "off".'),
    logLevel: read('LOG_LEVEL', 'info', logLevel, `Set it to one of ${LOG_LEVELS.join(', ')}.`),
    webhookPrivate: read(
      'PARLEY_WEBHOOK_PRIVATE',
      false,
      onOrOff,
      'Set it to "on" to let webhooks be at private addresses and speak plain HTTP, or to "off".',
    ),
    allowedOrigins: read<readonly string[] | '*'>(
      'PARLEY_ALLOWED_ORIGINS',
      [],
      origins,
      'Set it to the origins of pages that may call the service, such as https://desk.example,http://localhost:5173 (no path, not even a last /), or to * for all.',
    ),
  };
  if (faults.length > 0) throw new SettingsInvalid(faults);
  return settings.eventStoreUrl === undefined ? settings : { ...settings, demo: false };
}

function port(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function host(text: string): string | undefined {
  return /^[\w.:%-]+$/.test(text) ? text : undefined;
}

function folder(text: string): string | undefined {
  const path = resolve(text);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false ? undefined : path;
}

/** What is wrong within it, its client will say. */
function connectionString(text: string): string | undefined {
  return /^esdb(\+discover)?:\/\/[^/?,@][^\s]*$/.test(text) ? text : undefined;
}

function onOrOff(text: string): boolean | undefined {
  if (text === 'on') return true;
  return text === 'off' ? false : undefined;
}

function origins(text: string): readonly string[] | '*' | undefined {
  if (text === '*') return text;
  const list = text.split(',').map((origin) => origin.trim());
  const isOrigin = (origin: string): boolean => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
  return list.every(isOrigin) ? list : undefined;
}

function logLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text);
}
