import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readSettings, SettingsInvalid } from './settings.js';

const scratch = mkdtempSync(join(tmpdir(), 'parley-settings-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return (error as SettingsInvalid).faults;
  }
}

describe('settings', () => {
  test('have defaults that need no configuration', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDir: resolve('.parley'),
      demo: true,
      logLevel: 'info',
      webhookPrivate: false,
      allowedOrigins: [],
    });
  });

  test('are read from the environment, where an empty variable counts as unset', () => {
    const environment = {
      PORT: '0',
      HOST: '::1',
      PARLEY_DATA_DIR: scratch,
      PARLEY_DEMO: 'off',
      LOG_LEVEL: 'debug',
      EVENTSTORE_URL: '',
      PARLEY_WEBHOOK_PRIVATE: 'on',
      PARLEY_ALLOWED_ORIGINS: 'https://desk.example, http://localhost:5173',
    };
    expect(readSettings(environment)).toEqual({
      port: 0,
      host: '::1',
      dataDir: scratch,
      demo: false,
      logLevel: 'debug',
      webhookPrivate: true,
      allowedOrigins: ['https://desk.example', 'http://localhost:5173'],
    });
  });

  const file = join(scratch, 'file');
  writeFileSync(file, '');
  test.each([
    ['PORT', '65536', 'port number'],
    ['PORT', 'http', 'port number'],
    ['HOST', 'my host', 'address or name'],
    ['PARLEY_DATA_DIR', file, 'folder'],
    ['PARLEY_DEMO', 'yes', '"on"'],
    ['PARLEY_WEBHOOK_PRIVATE', 'yes', '"on"'],
    ['PARLEY_ALLOWED_ORIGINS', 'desk.example', 'https://desk.example'],
    ['PARLEY_ALLOWED_ORIGINS', 'https://desk.example/', 'not even a last /'],
    ['PARLEY_ALLOWED_ORIGINS', 'https://desk.example,*', 'or to *'],
    ['LOG_LEVEL', 'verbose', 'error, warn, info, debug'],
    ['EVENTSTORE_URL', 'localhost:2113', 'esdb://'],
    ['EVENTSTORE_URL', 'esdb://', 'names a host'],
  ])('%s=%s is refused with a sentence that says what to do', (name, value, advice) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(faults[0]).toContain(advice);
  });

  test('name an EventStoreDB, which is never filled with the demo', () => {
    const url = 'esdb+discover://admin:changeit@cluster.example:2113?tlsCAFile=ca.pem';
    expect(readSettings({ EVENTSTORE_URL: url, PARLEY_DEMO: 'on' })).toMatchObject({ eventStoreUrl: url, demo: false });
  });

  test('do not repeat a connection string: it may hold a password', () => {
    expect(faultsOf({ EVENTSTORE_URL: 'http://admin:secret@localhost' })[0]).not.toContain('secret');
  });

  test('name all their faults at once', () => {
    expect(faultsOf({ PORT: '-1', LOG_LEVEL: 'loud' })).toHaveLength(2);
  });
});
