// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends answers, well or as a fault says. */
final class Delivery {
  /** Open until the registry closes: who hangs, hangs on this. */
  private final CountDownLatch closed;

  Delivery(CountDownLatch closed) {
    this.closed = closed;
  }

  void send(HttpExchange exchange, Reply healthy, @Nullable Fault fault) throws IOException {
    Reply reply = fault == null ? healthy : struck(healthy, fault);
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] body = reply.body();
    if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      }
      exchange.sendResponseHeaders(reply.status(), -1);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(reply.status(), body.length);
    write(exchange, body, fault);
    exchange.close();
  }

  private static Reply struck(Reply healthy, Fault fault) {
    Reply reply =
        switch (fault.kind()) {
          case STATUS -> new Reply(fault.status(), Map.of(), fault.bodyBytes());
          case CORRUPT -> new Reply(healthy.status(), healthy.headers(), turned(healthy.body()));
          case LENGTH ->
              new Reply(
                  healthy.status(),
                  healthy.headers(),
                  Arrays.copyOf(healthy.body(), (int) fault.bytes()));
          default -> healthy;
        };
    for (var header : fault.headers().entrySet()) {
      reply = reply.with(header.getKey(), header.getValue());
    }
    return reply;
  }

  private static byte[] turned(byte[] body) {
    byte[] copy = body.clone();
    if (copy.length > 0) {
      copy[copy.length / 2] ^= 1;
    }
    return copy;
  }

  private void write(HttpExchange exchange, byte[] body, @Nullable Fault fault) throws IOException {
    OutputStream out = exchange.getResponseBody();
    if (fault == null) {
      out.write(body);
      return;
    }
    int whole = (int) Math.min(body.length, fault.bytes());
    switch (fault.kind()) {
      case CUT -> {
        out.write(body, 0, whole);
        out.flush();
      }
      case STALL -> {
        out.write(body, 0, whole);
        out.flush();
        hang();
      }
      case TRICKLE -> {
        out.write(body, 0, whole);
        for (int at = whole; at < body.length; at++) {
          out.write(body[at]);
          out.flush();
          if (paused(fault.pause().toMillis())) {
            return;
          }
        }
      }
      default -> out.write(body);
    }
  }

  /** Waits for the registry's end. */
  void hang() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the registry closed meanwhile. */
  private boolean paused(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
