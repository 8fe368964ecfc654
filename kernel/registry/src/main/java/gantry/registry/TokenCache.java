// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.CanceledException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens until they expire. Of several who need the same one, one fetches it and the others wait. A
 * token is known by the credentials it was had for, so no client gets another's. Safe for
 * concurrent use.
 */
final class TokenCache {
  private static final int TOKENS_MAX = 1024;

  /** A token this near to its end might not arrive in time. */
  private static final long MARGIN_SECONDS = 5;

  private final InstantSource clock;
  private final Map<TokenRequest, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Entry {
    final CompletableFuture<Token> token = new CompletableFuture<>();
    volatile long expires = Long.MAX_VALUE;
  }

  /** Fetches a token. */
  @FunctionalInterface
  interface Fetch {
    Token fetch() throws IOException;
  }

  TokenCache(InstantSource clock) {
    this.clock = clock;
  }

  Token token(TokenRequest request, Fetch fetch) throws IOException {
    Entry mine = new Entry();
    Entry known = claim(request, mine);
    if (known != null) {
      try {
        return known.token.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CanceledException("wait for registry token: interrupted", e);
      } catch (ExecutionException e) {
        // what the other failed with may concern only it, so this one tries for itself
        return fetch.fetch();
      }
    }
    boolean done = false;
    try {
      Token token = fetch.fetch();
      if (token.expiresIn() > 0) {
        long margin = Math.min(MARGIN_SECONDS, token.expiresIn() / 2);
        mine.expires = clock.instant().getEpochSecond() + token.expiresIn() - margin;
      }
      mine.token.complete(token);
      done = true;
      return token;
    } finally {
      if (!done) {
        forget(request, mine);
        mine.token.completeExceptionally(new IOException("no token"));
      }
    }
  }

  private synchronized @Nullable Entry claim(TokenRequest request, Entry mine) {
    Entry known = entries.get(request);
    if (known != null && known.expires > clock.instant().getEpochSecond()) {
      return known;
    }
    entries.put(request, mine);
    if (entries.size() > TOKENS_MAX) {
      entries.remove(entries.keySet().iterator().next());
    }
    return null;
  }

  private synchronized void forget(TokenRequest request, Entry entry) {
    entries.remove(request, entry);
  }

  /** Never gives this token again. */
  synchronized void refuse(String value) {
    entries
        .values()
        .removeIf(
            e ->
                e.token.isDone()
                    && !e.token.isCompletedExceptionally()
                    && e.token.resultNow().value().equals(value));
  }
}
