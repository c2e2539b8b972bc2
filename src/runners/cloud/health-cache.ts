import type { Health } from '../runner.js';

/** Caches a healthy result, because supervision checks every second, too often for requests to a cloud. */
export class HealthCache {
  private cached: { health: Health; until: number } | undefined;

  /** `duration`: milliseconds. */
  constructor(private readonly duration: number) {}

  async get(check: () => Promise<Health>): Promise<Health> {
    if (this.cached !== undefined && Date.now() < this.cached.until) return this.cached.health;
    const health = await check();
    this.cached = health.isHealthy ? { health, until: Date.now() + this.duration } : undefined;
    return health;
  }

  clear(): void {
    this.cached = undefined;
  }
}
