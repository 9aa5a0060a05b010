// Runs the faults of the store, and writes what they were seen to do into docs/faults-of-the-store.md.
process.env.PARLEY_WRITE_DOCS = 'on';
process.argv.push('test/eventstoredb/faults.spec.ts');
await import('./test.mjs');
