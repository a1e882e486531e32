package dev.switchboard.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.tracing.TracingSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The deployment examples match the settings that the code knows. */
class DeployFilesTest {
  private static final Path CLUSTER = Path.of("conf/cluster.json");
  private static final Path COMPOSE = Path.of("conf/compose.yaml");
  private static final Path DATA_SOURCES = Path.of("conf/grafana/provisioning/datasources");
  private static final Path DOCKERFILE = Path.of("Dockerfile");
  private static final String SAMPLE = "sample-value-of-more-than-32-characters";

  @ParameterizedTest
  @ValueSource(strings = {"node-1", "node-2"})
  void loadsWithTheEnvironmentThatComposeGives(String service) throws IOException {
    Map<String, String> environment = environmentOf(service);

    SwitchboardConfig config = ConfigLoader.load(CLUSTER, environment::get);

    assertThat(config.redis().mode()).isEqualTo(RedisConfig.Mode.standalone);
    assertThat(config.redis().nodes()).containsExactly("redis:6379");
    assertThat(config.redis().password().reveal()).isEqualTo(SAMPLE);
    assertThat(config.postgres().mode()).isEqualTo(PostgresConfig.Mode.server);
    assertThat(config.postgres().host()).isEqualTo("postgres");
    assertThat(config.postgres().password().reveal()).isEqualTo(SAMPLE);
    assertThat(config.auth().jwtSecret().reveal()).isEqualTo(SAMPLE);
  }

  @ParameterizedTest
  @CsvSource({"sentinel, sentinel", "redis-cluster, cluster"})
  void examplesForOtherKindsOfRedisLoad(String file, RedisConfig.Mode mode) throws IOException {
    SwitchboardConfig config =
        ConfigLoader.load(Path.of("conf", file + ".json"), environmentOf("node-1")::get);

    assertThat(config.redis().mode()).isEqualTo(mode);
    assertThat(config.redis().nodes()).hasSize(3);
    assertThat(config.redis().user()).isEqualTo("switchboard");
  }

  /** A variable of an unknown setting would be ignored silently. */
  @Test
  void composeSetsOnlyVariablesThatAreRead() throws IOException {
    Map<String, String> environment = environmentOf("node-1");
    Set<String> asked = new HashSet<>();

    SwitchboardConfig config =
        ConfigLoader.load(
            CLUSTER,
            name -> {
              asked.add(name);
              return environment.get(name);
            });

    assertThat(config).isNotNull();
    assertThat(TracingSettings.isOn(environment)).isTrue();
    environment.keySet().removeIf(name -> name.startsWith("OTEL_"));
    assertThat(asked).containsAll(environment.keySet());
  }

  @Test
  void loadBalancersAndImageUseThePortsOfTheNode() throws IOException {
    SwitchboardConfig config = ConfigLoader.load(CLUSTER, environmentOf("node-1")::get);
    int port = config.http().port();
    int management = config.management().port();

    String image = Files.readString(DOCKERFILE);
    String nginx = Files.readString(Path.of("conf/nginx.conf"));
    String haproxy = Files.readString(Path.of("conf/haproxy.cfg"));

    assertThat(config.http().host()).isEqualTo("0.0.0.0");
    assertThat(config.management().host()).isEqualTo("0.0.0.0");
    assertThat(image).contains("EXPOSE " + port + " " + management, "127.0.0.1/" + management);
    for (String node : List.of("node-1", "node-2")) {
      assertThat(nginx).contains("server " + node + ":" + port);
      assertThat(haproxy).contains("server " + node + " " + node + ":" + port);
    }
    assertThat(haproxy).contains("check port " + management);
  }

  @Test
  void loadBalancersDoNotBufferServerSentEvents() throws IOException {
    String haproxy = Files.readString(Path.of("conf/haproxy.cfg"));

    assertThat(Files.readString(Path.of("conf/nginx.conf"))).contains("proxy_buffering off;");
    assertThat(haproxy.substring(haproxy.indexOf("backend streams")))
        .contains("option http-no-delay");
  }

  @Test
  void composeMountsTheFileThatTheImageReads() throws IOException {
    String file = "/etc/switchboard/switchboard.json";

    Map<?, ?> node = service("node-1");

    assertThat(node.get("volumes")).isEqualTo(List.of("./cluster.json:" + file + ":ro"));
    assertThat(Files.readString(DOCKERFILE))
        .contains("CMD [\"run\", \"--config\", \"" + file + "\"]");
  }

  @Test
  void dataSourcesOfGrafanaAreServicesThatAreObservedWith() throws IOException {
    Set<String> hosts = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(DATA_SOURCES)) {
      for (Path file : files) {
        for (Object source : (List<?>) requireNonNull(yaml(file).get("datasources"))) {
          hosts.add(URI.create(String.valueOf(((Map<?, ?>) source).get("url"))).getHost());
        }
      }
    }

    assertThat(hosts).containsExactlyInAnyOrder("prometheus", "jaeger");
    for (String host : hosts) {
      assertThat(service(host).get("profiles")).isEqualTo(List.of("observe"));
    }
    assertThat((List<?>) service("grafana").get("depends_on"))
        .map(String::valueOf)
        .containsExactlyInAnyOrderElementsOf(hosts);
  }

  private static Map<String, String> environmentOf(String service) throws IOException {
    Map<String, String> environment = new TreeMap<>();
    Map<?, ?> given = (Map<?, ?>) requireNonNull(service(service).get("environment"));
    given.forEach(
        (name, value) ->
            environment.put(
                String.valueOf(name),
                String.valueOf(value).startsWith("${") ? SAMPLE : String.valueOf(value)));
    return environment;
  }

  private static Map<?, ?> service(String name) throws IOException {
    Map<?, ?> services = (Map<?, ?>) requireNonNull(yaml(COMPOSE).get("services"));
    return (Map<?, ?>) requireNonNull(services.get(name));
  }

  private static Map<?, ?> yaml(Path file) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
  }
}
