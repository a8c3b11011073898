//! What a cache counts.

/**
 * What a cache has done since it was made. `clear` resets nothing.
 *
 * @example
 * ```ts
 * cache.get("a");
 * cache.set("a", 1);
 * cache.get("a");
 * const { hits, misses, hitRate } = cache.stats();
 * assert(hits === 1 && misses === 1 && hitRate === 0.5);
 * ```
 */
export interface Stats {
  /** Reads that found something. */
  readonly hits: number;
  /** Reads that found nothing. */
  readonly misses: number;
  /** Hits per read, from 0 to 1; 0 before the first. */
  readonly hitRate: number;
  /** Reads answered with a stale value while another was fetched; each is also a miss. */
  readonly staleHits: number;
  /** Fetchers whose failure was answered with a stale value. */
  readonly staleOnError: number;
  /** Fetchers that made a value. */
  readonly loads: number;
  /** Fetchers that threw or rejected. */
  readonly loadFailures: number;
  /** How long fetchers took, in milliseconds by the cache's clock. */
  readonly loadTime: number;
  /** Values stored, by whom ever. */
  readonly sets: number;
  /** Living entries removed by `delete`. */
  readonly deletes: number;
  /** Entries that left because the cache was full. */
  readonly evictions: number;
  /** Values refused because they weigh more than the whole cache may. */
  readonly tooHeavy: number;
  /** Entries reclaimed after their time. */
  readonly expirations: number;
  /** Invalidations by tag or pattern, counted by call. */
  readonly invalidations: number;
  /** Values not stored because something newer happened to their key while they were made. */
  readonly fenced: number;
  /** Entries, with those that are dead but not reclaimed yet; `cache.size` reclaims them and counts the rest. */
  readonly size: number;
  /** What the entries weigh together; 0 for a cache without `weigh`. */
  readonly weight: number;
  /** Bytes that the cache has allocated, about; what keys and values take elsewhere is not counted. */
  readonly memoryUsage: number;
}

/** The counters of one cache. */
export class Counters {
  hits = 0;
  misses = 0;
  staleHits = 0;
  staleOnError = 0;
  loads = 0;
  loadFailures = 0;
  loadTime = 0;
  sets = 0;
  deletes = 0;
  evictions = 0;
  tooHeavy = 0;
  expirations = 0;
  invalidations = 0;
  fenced = 0;

  /** The numbers of now. */
  stats(size: number, weight: number, memoryUsage: number): Stats {
    return { ...this, hitRate: this.hits / (this.hits + this.misses) || 0, size, weight, memoryUsage };
  }

  /** Counts from 0 again. */
  reset(): void {
    Object.assign(this, new Counters());
  }
}
