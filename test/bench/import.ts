// An import as a client sends it: NDJSON up, results down, both at once.
import { request } from 'node:http';
import { Readable } from 'node:stream';

/** @returns the time until the last result line came, ms. @throws if a line was not recorded */
export async function importLines(url: string, lines: Iterable<string>): Promise<number> {
  const started = performance.now();
  let results = 0;
  let sent = 0;
  const body = Readable.from(
    (function* () {
      let chunk = '';
      for (const line of lines) {
        sent++;
        chunk += `${line}\n`;
        if (chunk.length > 65_536) {
          yield chunk;
          chunk = '';
        }
      }
      if (chunk !== '') yield chunk;
    })(),
    { objectMode: false },
  );
  await new Promise<void>((resolve, reject) => {
    const upload = request(`${url}/import`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } }, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const parts = (rest + text).split('\n');
        rest = parts.pop()!;
        for (const line of parts) {
          results++;
          if (line.includes('"rejected"')) reject(new Error(line));
        }
      });
      response.on('end', resolve);
      response.on('error', reject);
    });
    upload.on('error', reject);
    body.pipe(upload);
  });
  if (results !== sent) throw new Error(`${sent} lines, ${results} results`);
  return performance.now() - started;
}
