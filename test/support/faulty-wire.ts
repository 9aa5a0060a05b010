// A TCP connection that can be told to go wrong: it passes bytes on between who connects to its port and a target.
//
// Guarantees: what it passes on comes in order and unchanged; a fault takes hold of the connections that there are and of
// those that come while it lasts; the port stays the same.
// Not guaranteed: packets are not lost or reordered one by one, as on a real network: TCP would hide that anyway.
import { once } from 'node:events';
import net from 'node:net';

export interface Target {
  readonly host: string;
  readonly port: number;
}

export class FaultyWire {
  readonly #connections = new Set<Connection>();
  #server: net.Server | undefined;
  #delay = 0;
  #thawed: PromiseWithResolvers<void> | undefined;

  private constructor(
    private readonly target: Target,
    readonly port: number,
  ) {}

  /** @param port 0 for any free one */
  static async open(target: Target, port = 0): Promise<FaultyWire> {
    const server = await listen(port);
    const wire = new FaultyWire(target, (server.address() as net.AddressInfo).port);
    wire.#serve(server);
    return wire;
  }

  /** How many connections there are at the moment. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Every piece of data comes so much later, both ways, ms. */
  slow(delay: number): void {
    this.#delay = delay;
  }

  /** Nothing goes through, and nothing breaks: as if the process behind it had been stopped with SIGSTOP. */
  freeze(): void {
    this.#thawed ??= Promise.withResolvers();
  }

  /** What was kept back goes on its way. */
  thaw(): void {
    this.#thawed?.resolve();
    this.#thawed = undefined;
  }

  /** Says "no more from me" on every connection, and goes on listening on it (a FIN). */
  halfClose(): void {
    for (const connection of this.#connections) connection.halfClose();
  }

  /** Breaks every connection at once, as the death of a process does. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /** Takes no new connections; those that there are stay. Safe to call more than once. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    // It is deaf at once, but closed only when its connections are.
    if (this.#connections.size === 0) await closed;
  }

  /** Takes connections again, on the same port. Safe to call more than once. */
  async accept(): Promise<void> {
    if (this.#server === undefined) this.#serve(await listen(this.port));
  }

  async close(): Promise<void> {
    this.thaw();
    this.#delay = 0;
    this.cut();
    await this.refuse();
  }

  #serve(server: net.Server): void {
    this.#server = server;
    server.on('connection', (near) => {
      const connection = new Connection(near, this.target, () => this.#pass());
      this.#connections.add(connection);
      void connection.ended.then(() => this.#connections.delete(connection));
    });
  }

  /** Waits as long as data has to. */
  async #pass(): Promise<void> {
    if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay));
    while (this.#thawed !== undefined) await this.#thawed.promise;
  }
}

class Connection {
  readonly ended: Promise<void>;
  #far: net.Socket | undefined;
  #over = false;

  constructor(
    private readonly near: net.Socket,
    target: Target,
    private readonly pass: () => Promise<void>,
  ) {
    near.setNoDelay(true);
    near.on('error', () => this.cut());
    this.ended = new Promise((resolve) => {
      near.once('close', () => {
        this.cut();
        resolve();
      });
    });
    void this.#join(target);
  }

  halfClose(): void {
    this.near.end();
  }

  cut(): void {
    if (this.#over) return;
    this.#over = true;
    this.near.destroy();
    this.#far?.destroy();
  }

  async #join(target: Target): Promise<void> {
    await this.pass();
    if (this.#over) return;
    const far = net.connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#far = far;
    far.on('error', () => this.cut());
    void this.#pump(far, this.near);
    await this.#pump(this.near, far);
    // Who has ended its half of HTTP/2 wants nothing more.
    this.cut();
  }

  async #pump(from: net.Socket, to: net.Socket): Promise<void> {
    try {
      for await (const chunk of from) {
        await this.pass();
        if (to.writable && !to.write(chunk as Buffer)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
      to.end();
    } catch {
      this.cut();
    }
  }
}

function listen(port: number): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}
