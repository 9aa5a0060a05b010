import { expect, it } from '@jest/globals';
import { answersNow, keptAnswers } from './cited-answers.js';

// Where this fails, what is cited would be answered with other bytes under the same address: raise PROJECTION_VERSION and run
// `npm run keep-answers`.
it('a permalink is answered as its version of the projection has always answered it', async () => {
  expect(await answersNow()).toEqual(keptAnswers());
});
