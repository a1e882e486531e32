package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @Property
  void rangeOfVersion4HoldsExactlyTheAddressesWithItsPrefix(
      @ForAll @Size(4) byte[] network,
      @ForAll @Size(4) byte[] other,
      @ForAll @IntRange(max = 32) int prefix,
      @ForAll @IntRange(max = 31) int flipped)
      throws UnknownHostException {
    assertHolds(network, other, prefix, flipped);
  }

  @Property
  void rangeOfVersion6HoldsExactlyTheAddressesWithItsPrefix(
      @ForAll @Size(16) byte[] network,
      @ForAll @Size(16) byte[] other,
      @ForAll @IntRange(max = 128) int prefix,
      @ForAll @IntRange(max = 127) int flipped)
      throws UnknownHostException {
    network[0] = 0x20;
    assertHolds(network, other, prefix, flipped);
  }

  private static void assertHolds(byte[] network, byte[] other, int prefix, int flipped)
      throws UnknownHostException {
    int bits = network.length * 8;
    Cidr range = Cidr.parse(InetAddress.getByAddress(network).getHostAddress() + "/" + prefix);
    BigInteger number = new BigInteger(1, network);
    byte[] near = Arrays.copyOf(network, network.length);
    near[flipped / 8] ^= (byte) (0x80 >> flipped % 8);

    for (byte[] candidate : new byte[][] {network, other, near}) {
      boolean same =
          new BigInteger(1, candidate)
              .shiftRight(bits - prefix)
              .equals(number.shiftRight(bits - prefix));
      InetAddress address = InetAddress.getByAddress(candidate);
      assertThat(range.contains(address) || address.getAddress().length != network.length)
          .as("%s in %s", address, range)
          .isEqualTo(same || address.getAddress().length != network.length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/16, 10.1.255.255, true",
    "10.1.0.0/16, 10.2.0.0, false",
    "10.1.2.3/8, 10.9.9.9, true",
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "0.0.0.0/0, 255.1.2.3, true",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "::1, ::1, true",
    "::/0, 1.2.3.4, false",
    "0.0.0.0/0, ::1, false"
  })
  void aRangeHoldsAddressesOfItsOwnVersion(String range, String address, boolean holds)
      throws UnknownHostException {
    assertThat(Cidr.parse(range).contains(InetAddress.getByName(address))).isEqualTo(holds);
    assertThat(Cidr.parse(range)).hasToString(range);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/-0",
        "10.0.0.0/08",
        "10.0.0.0/8/8",
        "10.0.0.0/ 8",
        "10.0.0/8",
        "10",
        "10.0.0.256",
        "999.1.1.1",
        "300.300.300.300/8",
        "10.0.0.0.0",
        "010.0.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "localhost",
        "example.com/8",
        "::1/129",
        "fe80::1%lo",
        "fe80::1%1/64",
        "[::1]",
        "[::1]/128",
        "abc:def",
        "1:2:3:4:5:6:7:8:9",
        ":",
        " ::1",
        "10.0.0.0/८"
      })
  void aTextThatIsNoRangeIsRefused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }
}
