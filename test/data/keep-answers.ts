// npm run keep-answers: keeps what permalinks answer as of this version of the projection.
import { existsSync, writeFileSync } from 'node:fs';
import { answersNow, CITED_ANSWERS, keptAnswers } from './cited-answers.js';

const now = await answersNow();
if (existsSync(CITED_ANSWERS) && keptAnswers().projection === now.projection && !process.argv.includes('--unreleased')) {
  console.error(
    `What version ${now.projection} answers is kept already. Raise PROJECTION_VERSION; or, if no release has it yet: npm run keep-answers -- --unreleased`,
  );
  process.exitCode = 1;
} else {
  writeFileSync(CITED_ANSWERS, `${JSON.stringify(now, null, 2)}\n`);
}
