// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.CanceledException;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One request and the head of its answer, within the deadlines. Follows no redirects and knows
 * nothing of authorization. An interrupt ends the exchange at once.
 */
final class Transport implements AutoCloseable {
  private final HttpClients clients;
  private final Deadlines deadlines;
  private final Watchdog watchdog;

  Transport(HttpClients clients, Deadlines deadlines) {
    this.clients = clients;
    this.deadlines = deadlines;
    watchdog = new Watchdog(deadlines);
  }

  /**
   * Sends a request.
   *
   * @param authorization value of the header, or null
   * @throws HttpTimeoutException if no answer begins in time
   * @throws CanceledException if the thread is interrupted
   */
  Answer send(Endpoint endpoint, Call call, @Nullable String authorization, HttpLog log)
      throws IOException {
    HttpClient client = clients.client(endpoint);
    BlobBody upload = call.upload();
    UploadPublisher publisher =
        upload == null || upload.size() == 0
            ? null
            : new UploadPublisher(upload, call.sent(), deadlines);
    HttpRequest request = request(call, authorization, publisher);
    log.request(call.method(), call.uri(), request.headers().map());
    long start = System.nanoTime();
    try {
      HttpResponse<InputStream> response =
          await(client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()), publisher);
      String tls = response.sslSession().map(Transport::describe).orElse("");
      log.answer(response, System.nanoTime() - start, tls);
      return new Answer(
          call.method(),
          call.uri(),
          response.statusCode(),
          response.headers(),
          ContentCoding.decode(
              new GuardedBody(response.body(), call.uri().getAuthority(), deadlines, watchdog),
              response.headers()),
          authorization == null ? "" : authorization.replaceFirst(" .*", ""),
          tls);
    } catch (RejectedExecutionException e) {
      throw new ConnectException("this client is closed");
    } catch (IOException e) {
      log.failure(call.uri(), e);
      throw e;
    }
  }

  private HttpRequest request(
      Call call, @Nullable String authorization, @Nullable UploadPublisher publisher) {
    HttpRequest.BodyPublisher body =
        publisher != null ? publisher : HttpRequest.BodyPublishers.noBody();
    HttpRequest.Builder builder;
    try {
      builder = HttpRequest.newBuilder(call.uri()).method(call.method(), body);
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException(
          "ask %s: it is no proper name of a host; names have letters, digits, dots and hyphens"
              .formatted(call.uri().getAuthority()),
          e);
    }
    if (call.bulk() || call.uri().getScheme().equals("http")) {
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    for (Map.Entry<String, List<String>> header : call.headers().entrySet()) {
      for (String value : header.getValue()) {
        try {
          builder.header(header.getKey(), value);
        } catch (IllegalArgumentException e) {
          throw new InvalidArgumentException(
              "ask %s: header \"%s\" cannot be sent: its name or value is not allowed; change it"
                  .formatted(call.uri().getAuthority(), header.getKey()),
              e);
        }
      }
    }
    String proxy = clients.proxyAuthorization(call.uri());
    if (proxy != null) {
      builder.setHeader("Proxy-Authorization", proxy);
    }
    if (authorization != null) {
      builder.setHeader("Authorization", authorization);
    }
    return builder.build();
  }

  private HttpResponse<InputStream> await(
      CompletableFuture<HttpResponse<InputStream>> future, @Nullable UploadPublisher publisher)
      throws IOException {
    try {
      return publisher == null
          ? future.get(deadlines.answer().toNanos(), TimeUnit.NANOSECONDS)
          : awaitUpload(future, publisher);
    } catch (InterruptedException e) {
      abandon(future);
      Thread.currentThread().interrupt();
      throw new CanceledException("ask registry: interrupted", e);
    } catch (TimeoutException e) {
      abandon(future);
      HttpTimeoutException timeout =
          new HttpTimeoutException("no answer within " + Deadlines.inWords(deadlines.answer()));
      timeout.initCause(e);
      throw timeout;
    } catch (ExecutionException e) {
      throw failure(e.getCause(), publisher);
    }
  }

  /** Sending may take long as long as it goes on; the deadline to answer begins behind it. */
  private HttpResponse<InputStream> awaitUpload(
      CompletableFuture<HttpResponse<InputStream>> future, UploadPublisher publisher)
      throws InterruptedException, ExecutionException, TimeoutException, IOException {
    long tick = Math.clamp(deadlines.window().toNanos() / 8, 1_000_000, 1_000_000_000);
    while (true) {
      try {
        return future.get(tick, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (publisher.idleNanos() > deadlines.uploadAnswer().toNanos()) {
          throw e;
        }
        if (publisher.idleNanos() < 0 && publisher.throughput().tooSlow()) {
          abandon(future);
          HttpTimeoutException slow =
              new HttpTimeoutException(
                  "sending is too slow: " + publisher.throughput().story().replace("came", "went"));
          slow.initCause(e);
          throw slow;
        }
      }
    }
  }

  private static void abandon(CompletableFuture<HttpResponse<InputStream>> future) {
    if (!future.cancel(true) && !future.isCompletedExceptionally()) {
      try {
        future.join().body().close();
      } catch (IOException e) {
        // it came too late to be of use
      }
    }
  }

  private static IOException failure(
      @Nullable Throwable cause, @Nullable UploadPublisher publisher) {
    IOException own = publisher == null ? null : publisher.failure();
    if (own != null) {
      return new UploadSourceException(own);
    }
    if (cause instanceof HttpConnectTimeoutException timeout) {
      return timeout;
    }
    if (cause instanceof ConnectException refused
        && refused.getCause() instanceof ConnectException inner
        && inner.getCause() instanceof UnresolvedAddressException) {
      ConnectException unknown = new ConnectException("host name cannot be resolved");
      unknown.initCause(refused);
      return unknown;
    }
    return cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause);
  }

  private static String describe(SSLSession session) {
    String peer;
    try {
      X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
      peer =
          ", certificate of "
              + certificate.getSubjectX500Principal().getName()
              + " until "
              + certificate.getNotAfter().toInstant();
    } catch (SSLPeerUnverifiedException e) {
      peer = ", no certificate";
    }
    return session.getProtocol() + " " + session.getCipherSuite() + peer;
  }

  /** What was to be sent could not be read; asking again would not help. */
  static final class UploadSourceException extends IOException {
    private static final long serialVersionUID = 1L;

    UploadSourceException(IOException cause) {
      super("read what is to be uploaded: " + cause.getMessage(), cause);
    }
  }

  @Override
  public void close() {
    watchdog.close();
    clients.close();
  }
}
