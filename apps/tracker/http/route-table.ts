// Which calls there are: what a wrong method is answered from.

interface Route {
  readonly method: string;
  /** As Fastify writes it: `/crises/:crisis`. */
  readonly url: string;
  readonly pattern: RegExp;
}

export class RouteTable {
  readonly #routes: Route[] = [];

  add(method: string, url: string): void {
    const pattern = url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/');
    this.#routes.push({ method, url, pattern: new RegExp(`^${pattern}$`) });
  }

  /** The methods that a path takes; none if there is nothing at that path. */
  methodsAt(path: string): string[] {
    return [...new Set(this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }

  /** All calls, such as `PUT /crises/:crisis`. */
  get calls(): string[] {
    return this.#routes.map(({ method, url }) => `${method} ${url}`);
  }
}
