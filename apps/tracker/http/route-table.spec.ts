import { describe, expect, test } from '@jest/globals';
import { RouteTable } from './route-table.js';

describe('the table of routes', () => {
  const routes = new RouteTable();
  routes.add('PUT', '/crises/:crisis');
  routes.add('GET', '/crises/:crisis');
  routes.add('GET', '/crises/:crisis/export.ndjson');
  routes.add('GET', '/docs/*');

  test('knows which methods a path takes', () => {
    expect(routes.methodsAt('/crises/c')).toEqual(['PUT', 'GET']);
    expect(routes.methodsAt('/docs/a/b.js')).toEqual(['GET']);
  });

  test('knows nothing at other paths', () => {
    expect(routes.methodsAt('/crises')).toEqual([]);
    expect(routes.methodsAt('/crises/c/exportXndjson')).toEqual([]);
    expect(routes.methodsAt('/crises/c/d')).toEqual([]);
  });
});
