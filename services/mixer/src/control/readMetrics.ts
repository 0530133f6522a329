import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

type Labelled = Readonly<Record<string, number>>;
type Read<Value> = () => Value | Promise<Value>;

/** How often something was no more than each of `bounds`, in all, and the sum. */
export interface Distribution {
  count: number;
  sum: number;
  within: readonly number[];
}

/** Makes metrics whose values are read when somebody asks: counting costs nothing else. */
export class ReadMetrics {
  readonly #registry: Registry;
  readonly #prefix: string;

  constructor(registry: Registry, prefix: string) {
    this.#registry = registry;
    this.#prefix = prefix;
  }

  gauge(name: string, help: string, read: Read<number>): void {
    const gauge = new Gauge({
      name: this.#prefix + name,
      help,
      registers: [],
      async collect() {
        this.set(await read());
      },
    });
    this.#registry.registerMetric(gauge);
  }

  /** One value for each key of what is read. */
  gauges(name: string, help: string, label: string, read: () => Labelled): void {
    const gauge = new Gauge({
      name: this.#prefix + name,
      help,
      labelNames: [label],
      registers: [],
      collect() {
        this.reset();
        for (const [key, value] of Object.entries(read())) this.set({ [label]: key }, value);
      },
    });
    this.#registry.registerMetric(gauge);
  }

  counter(name: string, help: string, read: Read<number>): void {
    const counter = new Counter({
      name: `${this.#prefix}${name}_total`,
      help,
      registers: [],
      async collect() {
        const value = await read();
        this.reset();
        this.inc(value);
      },
    });
    this.#registry.registerMetric(counter);
  }

  counters(name: string, help: string, label: string, read: () => Labelled): void {
    const counter = new Counter({
      name: `${this.#prefix}${name}_total`,
      help,
      labelNames: [label],
      registers: [],
      collect() {
        this.reset();
        for (const [key, value] of Object.entries(read())) this.inc({ [label]: key }, value);
      },
    });
    this.#registry.registerMetric(counter);
  }

  /** `bounds` rise. */
  histogram(name: string, help: string, bounds: readonly number[], read: () => Distribution): void {
    this.#registry.registerMetric(new ReadHistogram(this.#prefix + name, help, bounds, read));
  }
}

/** A histogram that somebody else counts. */
class ReadHistogram extends Histogram {
  readonly #about: { name: string; help: string };
  readonly #bounds: readonly number[];
  readonly #read: () => Distribution;

  constructor(name: string, help: string, bounds: readonly number[], read: () => Distribution) {
    super({ name, help, buckets: [...bounds], registers: [] });
    this.#about = { name, help };
    this.#bounds = bounds;
    this.#read = read;
  }

  override async get(): ReturnType<Histogram['get']> {
    const { name, help } = this.#about;
    const { count, sum, within } = this.#read();
    const bucket = (le: number | string, value: number) => ({
      metricName: `${name}_bucket`,
      labels: { le },
      value,
    });
    return {
      name,
      help,
      type: 'histogram' as never, // declared as a const enum that is not there at run time
      aggregator: 'sum',
      collect: () => undefined,
      values: [
        ...this.#bounds.map((bound, index) => bucket(bound, within[index] ?? 0)),
        bucket('+Inf', count),
        { metricName: `${name}_sum`, labels: {}, value: sum },
        { metricName: `${name}_count`, labels: {}, value: count },
      ],
    };
  }

  /** The registry's own way of asking, which its types do not know. */
  getForPromString(): ReturnType<Histogram['get']> {
    return this.get();
  }
}
