// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A registry on a free loopback port, in memory: the distribution API with ranges, uploads, mounts,
 * referrers and tokens, and whatever {@link Fault} a test asks for. Safe for concurrent use.
 */
public final class FaultyRegistry implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Delivery delivery = new Delivery(closed);
  private final RegistryShelf shelf = new RegistryShelf();
  private final TokenDesk desk;
  private final Routes routes;
  private final boolean secure;
  private final List<SeenRequest> seen = new CopyOnWriteArrayList<>();
  private final List<Armed> faults = new CopyOnWriteArrayList<>();

  /** A fault and how many requests it concerned so far. */
  private record Armed(Fault fault, AtomicInteger hits) {
    boolean strikes() {
      int before = hits.getAndIncrement();
      return before >= fault.skip() && before - fault.skip() < fault.times();
    }
  }

  /**
   * How to start one.
   *
   * @param tls serves HTTPS if not null
   * @param clientCertificate asks for one and refuses connections without
   */
  public record Options(
      @Nullable SSLContext tls,
      boolean clientCertificate,
      Authentication authentication,
      boolean knowsReferrers) {
    /** Plain HTTP, open to all. */
    public static Options plain() {
      return new Options(null, false, Authentication.none(), true);
    }

    /** The same over TLS. */
    public Options tls(SSLContext context, boolean withClientCertificate) {
      return new Options(context, withClientCertificate, authentication, knowsReferrers);
    }

    /** The same for these users. */
    public Options authentication(Authentication by) {
      return new Options(tls, clientCertificate, by, knowsReferrers);
    }

    /** The same without the referrers API. */
    public Options withoutReferrers() {
      return new Options(tls, clientCertificate, authentication, false);
    }
  }

  /**
   * Who gets in.
   *
   * @param openRepositories that anonymous tokens may pull from
   * @param expiresIn seconds that tokens say they live; 0 says nothing
   */
  public record Authentication(
      boolean asks,
      boolean bearer,
      String user,
      String secret,
      Set<String> openRepositories,
      int expiresIn) {
    /** Everyone. */
    public static Authentication none() {
      return new Authentication(false, false, "", "", Set.of(), 0);
    }

    /** Name and password with each request. */
    public static Authentication basic(String user, String secret) {
      return new Authentication(true, false, user, secret, Set.of(), 0);
    }

    /** Tokens, to be had for a name and password, or by all to pull from some repositories. */
    public static Authentication bearer(String user, String secret, String... open) {
      return new Authentication(true, true, user, secret, Set.of(open), 300);
    }
  }

  private FaultyRegistry(Options options) throws IOException {
    // without it each answer on a kept connection waits for a delayed acknowledgement
    System.setProperty("sun.net.httpserver.nodelay", "true");
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    secure = options.tls() != null;
    server = options.tls() == null ? HttpServer.create(any, 128) : secured(any, options);
    Authentication by = options.authentication();
    TokenDesk.Scheme scheme =
        !by.asks()
            ? TokenDesk.Scheme.NONE
            : by.bearer() ? TokenDesk.Scheme.BEARER : TokenDesk.Scheme.BASIC;
    desk = new TokenDesk(scheme, by.user(), by.secret(), by.openRepositories(), by.expiresIn());
    routes = new Routes(shelf, desk, options.knowsReferrers());
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  /** Starts a healthy one without TLS that is open to all. */
  public static FaultyRegistry start() {
    return start(Options.plain());
  }

  /** Starts one. */
  public static FaultyRegistry start(Options options) {
    try {
      FaultyRegistry registry = new FaultyRegistry(options);
      registry.server.start();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpServer secured(InetSocketAddress address, Options options) throws IOException {
    HttpsServer server = HttpsServer.create(address, 128);
    SSLContext tls = Objects.requireNonNull(options.tls());
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters params) {
            SSLParameters parameters = tls.getDefaultSSLParameters();
            parameters.setNeedClientAuth(options.clientCertificate());
            params.setSSLParameters(parameters);
          }
        });
    return server;
  }

  /** Address and port, as the host of a reference. */
  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Scheme, address and port. */
  public String url() {
    return (secure ? "https://" : "http://") + host();
  }

  /** Shelves a blob. */
  public Descriptor blob(String repository, String mediaType, byte[] bytes) {
    Digest digest = Digest.sha256(bytes);
    shelf.putBlob(repository, digest, bytes);
    return Descriptor.of(mediaType, digest, bytes.length);
  }

  /** Shelves a manifest or index, under a tag too if that is not empty. */
  public Descriptor manifest(String repository, String tag, String mediaType, byte[] bytes) {
    RegistryShelf.Manifest manifest = shelf.putManifest(repository, tag, mediaType, bytes);
    return Descriptor.of(mediaType, manifest.digest(), bytes.length);
  }

  /** A blob as it was pushed. */
  public Optional<byte[]> blob(String repository, Digest digest) {
    return Optional.ofNullable(shelf.blob(repository, digest.toString()));
  }

  /** A manifest as it was pushed, by tag or digest. */
  public Optional<byte[]> manifest(String repository, String reference) {
    return Optional.ofNullable(shelf.manifest(repository, reference))
        .map(RegistryShelf.Manifest::bytes);
  }

  /** Goes wrong from now on. Of several faults that concern a request the first strikes. */
  public FaultyRegistry fault(Fault fault) {
    faults.add(new Armed(fault, new AtomicInteger()));
    return this;
  }

  /** Goes well from now on. */
  public void heal() {
    faults.clear();
  }

  /** Takes back all tokens issued so far. */
  public void revokeTokens() {
    desk.revokeTokens();
  }

  /** The refresh token that is good for all tokens. */
  public String refreshToken() {
    return desk.refreshToken();
  }

  /** What was asked so far, in order. */
  public List<SeenRequest> requests() {
    return List.copyOf(seen);
  }

  /** How often this method was asked for paths with this text in them; empty for any. */
  public long count(String method, String pathPart) {
    return seen.stream()
        .filter(r -> method.isEmpty() || r.method().equals(method))
        .filter(r -> r.path().contains(pathPart))
        .count();
  }

  /** Forgets what was asked. */
  public void forget() {
    seen.clear();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String method = exchange.getRequestMethod();
    Map<String, List<String>> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    seen.add(new SeenRequest(method, path, headers));
    Fault fault = struck(method, path);
    try {
      answer(exchange, fault);
    } finally {
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange, @Nullable Fault fault) throws IOException {
    if (fault != null && fault.kind() == Fault.Kind.DROP) {
      return;
    }
    if (fault != null && fault.kind() == Fault.Kind.HANG) {
      delivery.hang();
      return;
    }
    if (fault != null && fault.kind() == Fault.Kind.STATUS) {
      exchange.getRequestBody().readAllBytes();
      delivery.send(exchange, Reply.of(fault.status()), fault);
      return;
    }
    boolean ranges = fault == null || fault.kind() != Fault.Kind.NO_RANGES;
    delivery.send(exchange, routes.answer(exchange, url(), ranges), fault);
  }

  private @Nullable Fault struck(String method, String path) {
    for (Armed armed : faults) {
      if (armed.fault().concerns(method, path) && armed.strikes()) {
        return armed.fault();
      }
    }
    return null;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
