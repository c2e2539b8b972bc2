import type { Health } from '../runner.js';

/** Keeps a good health for a while: supervision asks every second, more often than a cloud has to be asked. */
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
