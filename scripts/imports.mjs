// Checks the import rules of .dependency-cruiser.mjs over the sources, type-only imports included.
// dependency-cruiser reads TypeScript through the compiler's JavaScript API, which TypeScript 7 does not have (yet):
// for it alone, `typescript` is version 6. What it parses is compiled by 7.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) => next(specifier.replace(/^typescript(?=\/|$)/, 'typescript6'), context),
});
process.argv.push('--config', '.dependency-cruiser.mjs', 'apps', 'libs', 'test', 'scripts');
await import('../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
