// The import rules of Parley, run by `npm run imports`: see docs/decisions/import-rules.md.
// They are checked on the sources: type-only imports count, though they are gone from the build.

const spec = String.raw`\.spec\.ts$`;
/** What only tests may import: specs, what folders named testing/ have for them, the stores' contract, and everything in test/. */
const testSupport = [spec, '/testing/', '^libs/event-store/contract(/|[.])', '^test/'];
const nest = '(^|/)node_modules/@nestjs/';
/** The parts of Node that do no I/O. */
const pureNode = '^(node:)?(assert|buffer|crypto|util|url|path)(/|$)';

const forbidden = [
  {
    name: 'crisis-stands-alone',
    comment: 'libs/crisis is the domain: it knows no other library of ours.',
    from: { path: '^libs/crisis/' },
    to: { path: '^(libs|apps|test|scripts)/', pathNot: '^libs/crisis/' },
  },
  {
    name: 'crisis-does-no-io',
    comment: 'libs/crisis is pure functions. What it may take from Node does no I/O; tests may read files.',
    from: { path: '^libs/crisis/', pathNot: testSupport },
    to: { dependencyTypes: ['core'], pathNot: pureNode },
  },
  {
    name: 'event-store-knows-no-crisis',
    comment: 'The store keeps any events: it knows neither the domain nor the read side.',
    from: { path: '^libs/event-store/' },
    to: { path: '^libs/(?!event-store/)' },
  },
  {
    name: 'projections-knows-crisis-and-event-store',
    comment: 'The read side may import the domain and the store, and no further library.',
    from: { path: '^libs/projections/' },
    to: { path: '^libs/(?!(projections|crisis|event-store)/)' },
  },
  {
    name: 'client-stands-alone',
    comment: 'libs/client runs in browsers: it knows no other library of ours, nothing of Node and no package. Its specs may use these.',
    from: { path: '^libs/client/', pathNot: testSupport },
    to: { pathNot: '^libs/client/' },
  },
  {
    name: 'nest-lives-in-apps',
    comment: 'Libraries are plain TypeScript.',
    from: { path: '^libs/' },
    to: { path: [nest, '^@nestjs/'] },
  },
  {
    name: 'libs-know-no-app',
    comment:
      'Apps import libraries, never the other way round. A spec beside the source tests its library; what spans packages stands in test/.',
    from: { path: '^libs/' },
    to: { path: '^(apps|test|scripts)/' },
  },
  {
    name: 'apps-know-no-other-app',
    comment: 'Apps import libraries, never each other: they meet at the public API.',
    from: { path: '^apps/([^/]+)/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'one-place-for-the-eventstoredb-client',
    comment:
      'Only the EventStoreDB adapter knows its client; everything else knows the port. The endpoint of the tests plays the server to it, and a script makes the user that it needs.',
    from: { pathNot: ['^libs/event-store/eventstoredb(/|[.])', '^test/support/eventstoredb-', '^scripts/store-user[.]mjs$'] },
    to: { path: ['(^|/)node_modules/@eventstore/db-client/', '^@eventstore/'] },
  },
  {
    name: 'no-test-code-in-the-product',
    comment: 'What ships imports no spec, no contract suite and nothing in testing/ or test/.',
    from: { pathNot: testSupport },
    to: { path: testSupport },
  },
  {
    name: 'no-dev-dependency-in-the-product',
    comment: 'What ships runs after `npm ci --omit=dev`. Types are gone by then, so @types may be imported as such.',
    from: { path: '^(apps|libs)/', pathNot: testSupport },
    to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'no-undeclared-dependency',
    comment: 'A package that only another package brings along may leave with it: declare it.',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-cycle',
    comment: 'Files that import each other cannot be understood one after the other. Types count too.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'resolvable',
    comment: 'What does not resolve is seen by no other rule.',
    from: {},
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden: forbidden.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    parser: 'tsc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
