package dev.switchboard.support;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real name server on a free UDP port that gives configured answers, which may differ from one
 * query to the next: this simulates DNS rebinding between a check and a call.
 */
public final class NameServer implements AutoCloseable {
  private static final int A = 1;
  private static final int CNAME = 5;
  private static final int AAAA = 28;
  private static final int NO_SUCH_NAME = 3;

  private final DatagramSocket socket;
  private final Map<String, Deque<List<byte[]>>> turns = new HashMap<>();
  private final Map<String, List<byte[]>> current = new HashMap<>();
  private final Map<String, String> aliases = new HashMap<>();

  /** Listens on a free port of this machine. */
  public NameServer() {
    try {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "name-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where it listens, as a setting. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** From now on the name has these addresses. */
  public synchronized void answer(String name, String... addresses) {
    Deque<List<byte[]>> one = new ArrayDeque<>();
    one.add(parsed(addresses));
    turns.put(name, one);
  }

  /** Queues an answer for one lookup; the last answer is repeated. */
  public synchronized void then(String name, String... addresses) {
    turns.computeIfAbsent(name, unheard -> new ArrayDeque<>()).add(parsed(addresses));
  }

  /** The name is an alias of another. */
  public synchronized void alias(String name, String target) {
    aliases.put(name, target);
  }

  private static List<byte[]> parsed(String... addresses) {
    return Arrays.stream(addresses).map(NameServer::parsed).toList();
  }

  /** Mapped addresses stay 16 bytes long, which the JDK would make 4. */
  private static byte[] parsed(String address) {
    try {
      InetAddress plain = InetAddress.getByName(address);
      if (plain instanceof Inet4Address && address.indexOf(':') >= 0) {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(plain.getAddress(), 0, mapped, 12, 4);
        return mapped;
      }
      return plain.getAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve() {
    byte[] buffer = new byte[1_500];
    while (!socket.isClosed()) {
      DatagramPacket query = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(query);
        byte[] answer = answer(Arrays.copyOf(query.getData(), query.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private synchronized byte[] answer(byte[] query) throws IOException {
    ByteBuffer question = ByteBuffer.wrap(query).position(12);
    StringBuilder name = new StringBuilder();
    for (int length = question.get(); length > 0; length = question.get()) {
      byte[] label = new byte[length];
      question.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
    }
    int type = question.getShort();
    int end = question.position() + 2;
    List<byte[]> records = records(name.toString().toLowerCase(Locale.ROOT), type);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(query, 0, 2);
    out.writeShort(0x8180 | (records == null ? NO_SUCH_NAME : 0));
    out.writeShort(1);
    out.writeShort(records == null ? 0 : records.size());
    out.writeInt(0);
    out.write(query, 12, end - 12);
    for (byte[] record : records == null ? List.<byte[]>of() : records) {
      out.writeShort(0xc00c);
      out.writeShort(type);
      out.writeShort(1);
      out.writeInt(0);
      out.writeShort(record.length);
      out.write(record);
    }
    return bytes.toByteArray();
  }

  /**
   * Null if there is no such name. A lookup asks for the alias first, which begins the next turn.
   */
  private @Nullable List<byte[]> records(String name, int type) {
    String alias = aliases.get(name);
    if (alias != null) {
      return type == CNAME ? List.of(encoded(alias)) : List.of();
    }
    Deque<List<byte[]>> coming = turns.get(name);
    if (coming == null) {
      return null;
    }
    if (type == CNAME) {
      current.put(name, coming.size() > 1 ? coming.remove() : coming.element());
      return List.of();
    }
    int length = type == A ? 4 : type == AAAA ? 16 : -1;
    return current.getOrDefault(name, List.of()).stream()
        .filter(address -> address.length == length)
        .toList();
  }

  private static byte[] encoded(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String label : name.split("\\.")) {
      bytes.write(label.length());
      bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    bytes.write(0);
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
