import { describe, expect, it } from '@jest/globals';
import { cameoCode, cameoCodes, isCameoCode, QUAD_CLASSES } from './cameo.js';

describe('the CAMEO table', () => {
  const all = [...cameoCodes()];

  it('holds the 313 codes once each, in 20 roots', () => {
    expect(all).toHaveLength(313);
    expect(new Set(all.map(({ code }) => code)).size).toBe(313);
    expect(new Set(all.map(({ root }) => root)).size).toBe(20);
  });

  it('has the root of each code, in the same half of cooperation and conflict', () => {
    for (const { code, root, quadClass } of all) {
      expect(code.startsWith(root)).toBe(true);
      expect(cameoCode(root)?.quadClass).toBe(quadClass);
    }
  });

  it('scores each code from -10 to 10', () => {
    for (const { goldstein } of all) {
      expect(goldstein).toBeGreaterThanOrEqual(-10);
      expect(goldstein).toBeLessThanOrEqual(10);
    }
  });

  it('names each code, without the spacing faults of its sources', () => {
    for (const { name } of all) expect(name).toMatch(/^[A-Z][\x21-\x7e]*( [\x21-\x7e]+)*$/);
  });

  it('gives every quad class a name', () => {
    for (const { quadClass } of all) expect(QUAD_CLASSES[quadClass]).toMatch(/^(verbal|material) (cooperation|conflict)$/);
  });

  it('knows a PLOVER event for all but statements, appeals and roots', () => {
    const without = all.filter(({ ploverEvent }) => ploverEvent === undefined);
    expect(without.every(({ code, root }) => code === root || root === '01' || root === '02')).toBe(true);
    expect(all.filter((entry) => entry.ploverMode !== undefined && entry.ploverEvent === undefined)).toEqual([]);
  });

  it('tells 010 from 10', () => {
    expect(cameoCode('010')).toMatchObject({ root: '01', goldstein: 0, quadClass: 1 });
    expect(cameoCode('10')).toMatchObject({ root: '10', goldstein: -5, quadClass: 3 });
    expect(cameoCode('1')).toBeUndefined();
  });

  it('gives what is known of a code', () => {
    expect(cameoCode('041')).toEqual({
      code: '041',
      root: '04',
      name: 'Discuss by telephone',
      goldstein: 1,
      quadClass: 1,
      ploverEvent: 'CONSULT',
      ploverMode: 'phone',
    });
  });

  it('takes nothing but a code of the table for one', () => {
    expect(isCameoCode('1214')).toBe(true);
    for (const other of ['', '999', 'toString', 10, undefined, null]) expect(isCameoCode(other)).toBe(false);
  });
});
