package dev.switchboard.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The rendered manifests of Kubernetes: that each has what its kind needs, and that they fit
 * together and to the node, which no schema can say.
 */
class KubernetesFilesTest {
  private static final Path MANIFESTS = Path.of("conf/kubernetes/switchboard.yaml");
  private static final String SAMPLE = "sample-value-of-more-than-32-characters";
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** Each kind with the version of its API and the fields without which a server refuses it. */
  private static final Map<String, List<String>> REQUIRED =
      Map.of(
          "v1 ServiceAccount", List.of(),
          "v1 ConfigMap", List.of("data"),
          "v1 Service", List.of("spec.ports", "spec.selector"),
          "apps/v1 Deployment",
              List.of("spec.selector.matchLabels", "spec.template.spec.containers"),
          "batch/v1 Job",
              List.of("spec.template.spec.containers", "spec.template.spec.restartPolicy"),
          "policy/v1 PodDisruptionBudget", List.of("spec.selector.matchLabels"),
          "networking.k8s.io/v1 NetworkPolicy", List.of("spec.podSelector", "spec.policyTypes"),
          "networking.k8s.io/v1 Ingress", List.of("spec.rules"));

  private static List<JsonObject> manifests;

  @BeforeAll
  static void read() throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    manifests = new ArrayList<>();
    for (Object document :
        new Yaml(new SafeConstructor(options)).loadAll(Files.readString(MANIFESTS))) {
      manifests.add(new JsonObject(asMap(document)));
    }
  }

  @SuppressWarnings("unchecked") // A manifest is an object, and its names are texts.
  private static Map<String, Object> asMap(Object document) {
    return (Map<String, Object>) document;
  }

  private static @Nullable Object at(JsonObject object, String path) {
    Object value = object;
    for (String name : path.split("\\.", -1)) {
      value = value instanceof JsonObject members ? members.getValue(name) : null;
    }
    return value;
  }

  private static JsonObject object(JsonObject parent, String path) {
    return (JsonObject) requireNonNull(at(parent, path), path);
  }

  private static String text(JsonObject parent, String path) {
    return (String) requireNonNull(at(parent, path), path);
  }

  private static List<JsonObject> objects(JsonObject parent, String path) {
    Object array = at(parent, path);
    return array == null
        ? List.of()
        : ((JsonArray) array).stream().map(JsonObject.class::cast).toList();
  }

  private static Stream<JsonObject> ofKind(String kind) {
    return manifests.stream().filter(manifest -> manifest.getString("kind").equals(kind));
  }

  private static JsonObject only(String kind) {
    assertThat(ofKind(kind)).hasSize(1);
    return ofKind(kind).findFirst().orElseThrow();
  }

  private static String name(JsonObject manifest) {
    return manifest.getJsonObject("metadata").getString("name");
  }

  private static Stream<JsonObject> podTemplates() {
    return manifests.stream()
        .map(manifest -> at(manifest, "spec.template"))
        .filter(JsonObject.class::isInstance)
        .map(JsonObject.class::cast);
  }

  @Test
  void everyManifestHasWhatItsKindNeeds() {
    assertThat(manifests).hasSizeGreaterThanOrEqualTo(9);
    for (JsonObject manifest : manifests) {
      String kind = manifest.getString("apiVersion") + " " + manifest.getString("kind");
      assertThat(REQUIRED).as("kinds whose required fields are known").containsKey(kind);
      assertThat(name(manifest)).as(kind).matches(NAME);
      for (String field : requireNonNull(REQUIRED.get(kind))) {
        assertThat(at(manifest, field)).as("%s %s: %s", kind, name(manifest), field).isNotNull();
      }
    }
    assertThat(manifests)
        .extracting(manifest -> manifest.getString("kind") + " " + name(manifest))
        .doesNotHaveDuplicates();
  }

  @Test
  void selectorsMatchTheNodesAndNothingElse() {
    JsonObject node = object(only("Deployment"), "spec.template.metadata.labels");
    JsonObject migration = object(only("Job"), "spec.template.metadata.labels");
    List<JsonObject> selectors = new ArrayList<>();
    ofKind("Service").forEach(service -> selectors.add(object(service, "spec.selector")));
    for (String selected :
        List.of(
            "Deployment spec.selector",
            "PodDisruptionBudget spec.selector",
            "NetworkPolicy spec.podSelector")) {
      String[] kindAndPath = selected.split(" ", 2);
      selectors.add(object(only(kindAndPath[0]), kindAndPath[1] + ".matchLabels"));
    }
    objects(only("Deployment"), "spec.template.spec.topologySpreadConstraints")
        .forEach(rule -> selectors.add(object(rule, "labelSelector.matchLabels")));

    assertThat(selectors).hasSize(7);
    assertThat(selectors).allMatch(selector -> selects(selector, node));
    assertThat(selectors).noneMatch(selector -> selects(selector, migration));
  }

  private static boolean selects(JsonObject selector, JsonObject labels) {
    return !selector.isEmpty()
        && selector.stream()
            .allMatch(label -> label.getValue().equals(labels.getValue(label.getKey())));
  }

  @Test
  void portsThatAreNamedAreThoseOfTheNode() {
    JsonObject node = container(only("Deployment"));
    Set<String> ports = new HashSet<>();
    objects(node, "ports").forEach(port -> ports.add(port.getString("name")));
    Set<String> named = new TreeSet<>();
    ofKind("Service")
        .flatMap(service -> objects(service, "spec.ports").stream())
        .forEach(port -> named.add(port.getString("targetPort")));
    objects(only("NetworkPolicy"), "spec.ingress").stream()
        .flatMap(rule -> objects(rule, "ports").stream())
        .forEach(port -> named.add(port.getString("port")));
    for (String probe : List.of("readinessProbe", "livenessProbe")) {
      named.add(text(node, probe + ".httpGet.port"));
    }

    assertThat(ports).containsExactlyInAnyOrder("http", "management");
    assertThat(named).containsExactly("http", "management");
  }

  @Test
  void ingressLeadsToAPortOfAService() {
    JsonObject path = objects(objects(only("Ingress"), "spec.rules").get(0), "http.paths").get(0);
    String service = text(path, "backend.service.name");

    assertThat(path.getString("pathType")).isEqualTo("Prefix");
    assertThat(
            ofKind("Service")
                .filter(one -> name(one).equals(service))
                .flatMap(one -> objects(one, "spec.ports").stream())
                .map(port -> port.getString("name")))
        .contains(text(path, "backend.service.port.name"));
  }

  private static JsonObject container(JsonObject workload) {
    List<JsonObject> containers = objects(workload, "spec.template.spec.containers");
    assertThat(containers).hasSize(1);
    return containers.get(0);
  }

  @Test
  void everyMountHasItsVolumeAndEveryVolumeItsSource() {
    Set<String> configMaps = new HashSet<>();
    ofKind("ConfigMap").forEach(map -> configMaps.add(name(map)));

    assertThat(podTemplates()).hasSize(2);
    podTemplates()
        .forEach(
            pod -> {
              Set<String> volumes = new HashSet<>();
              for (JsonObject volume : objects(pod, "spec.volumes")) {
                volumes.add(volume.getString("name"));
                Object configMap = at(volume, "configMap.name");
                assertThat(configMap == null || configMaps.contains(configMap.toString())).isTrue();
              }
              for (JsonObject container : objects(pod, "spec.containers")) {
                assertThat(objects(container, "volumeMounts"))
                    .allMatch(mount -> volumes.contains(mount.getString("name")))
                    .extracting(mount -> mount.getString("mountPath"))
                    .doesNotHaveDuplicates();
              }
            });
  }

  @Test
  void configurationIsAcceptedWithTheVariablesOfTheContainers() {
    for (JsonObject workload : List.of(only("Deployment"), only("Job"))) {
      JsonObject container = container(workload);
      SwitchboardConfig config = configurationOf(workload);

      assertThat(config.redis().password().reveal()).isEqualTo(SAMPLE);
      assertThat(config.postgres().password().reveal()).isEqualTo(SAMPLE);
      assertThat(config.auth().jwtSecret().reveal()).isEqualTo(SAMPLE);
      assertThat(config.http().host()).isEqualTo("0.0.0.0");
      assertThat(config.management().host()).isEqualTo("0.0.0.0");
      for (JsonObject port : objects(container, "ports")) {
        assertThat(port.getInteger("containerPort"))
            .isEqualTo(
                port.getString("name").equals("http")
                    ? config.http().port()
                    : config.management().port());
      }
    }
  }

  /** The mounted file, with a sample in the file that each {@code …_FILE} variable names. */
  private static SwitchboardConfig configurationOf(JsonObject workload) {
    JsonObject volume =
        objects(workload, "spec.template.spec.volumes").stream()
            .filter(one -> one.getString("name").equals("config"))
            .findFirst()
            .orElseThrow();
    JsonObject json =
        ofKind("ConfigMap")
            .filter(map -> name(map).equals(text(volume, "configMap.name")))
            .map(map -> new JsonObject(map.getJsonObject("data").getString("switchboard.json")))
            .findFirst()
            .orElseThrow();
    List<JsonObject> variables = objects(container(workload), "env");
    assertThat(variables)
        .allSatisfy(
            variable ->
                assertThat(variable.getString("value")).startsWith("/etc/switchboard/secrets/"));
    Set<String> asked = new HashSet<>();
    SwitchboardConfig config =
        ConfigLoader.bind(
            "switchboard.json",
            json,
            name -> {
              asked.add(name + "_FILE");
              return variables.stream()
                      .anyMatch(variable -> variable.getString("name").equals(name + "_FILE"))
                  ? SAMPLE
                  : null;
            });
    assertThat(variables).allMatch(variable -> asked.contains(variable.getString("name")));
    return config;
  }

  @Test
  void podsMayTakeAsLongToStopAsTheirNodes() {
    JsonObject deployment = only("Deployment");
    long grace = object(deployment, "spec.template.spec").getLong("terminationGracePeriodSeconds");
    JsonArray preStop =
        object(container(deployment), "lifecycle.preStop.exec").getJsonArray("command");
    long pause = Long.parseLong(preStop.getString(1));

    assertThat(preStop.getString(0)).isEqualTo("sleep");
    assertThat(grace)
        .isGreaterThan(pause + configurationOf(deployment).http().drainTimeout().toSeconds());
  }

  @Test
  void podsRunAsTheUserOfTheImageWithoutPrivileges() throws IOException {
    Matcher user =
        Pattern.compile("(?m)^USER (\\d+):(\\d+)$")
            .matcher(Files.readString(Path.of("Dockerfile")));
    assertThat(user.find()).isTrue();

    podTemplates()
        .forEach(
            pod -> {
              JsonObject context = object(pod, "spec.securityContext");
              assertThat(context.getBoolean("runAsNonRoot")).isTrue();
              assertThat(context.getInteger("runAsUser")).hasToString(user.group(1));
              assertThat(context.getInteger("runAsGroup")).hasToString(user.group(2));
              for (JsonObject container : objects(pod, "spec.containers")) {
                JsonObject rights = container.getJsonObject("securityContext");
                assertThat(rights.getBoolean("allowPrivilegeEscalation")).isFalse();
                assertThat(rights.getBoolean("readOnlyRootFilesystem")).isTrue();
                assertThat(at(rights, "capabilities.drop")).isEqualTo(JsonArray.of("ALL"));
              }
            });
  }

  /** The schema is migrated by the version of the nodes that follow. */
  @Test
  void migrationRunsTheImageOfTheNodes() {
    JsonObject migration = container(only("Job"));

    assertThat(migration.getString("image"))
        .isEqualTo(container(only("Deployment")).getString("image"));
    assertThat(migration.getJsonArray("args"))
        .containsExactly("migrate", "--config", "/etc/switchboard/switchboard.json");
  }
}
