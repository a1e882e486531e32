package dev.switchboard;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Which package may depend on which, and what only one type or package may do. */
@AnalyzeClasses(packages = "dev.switchboard", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] CAPABILITIES = {
    "ingest", "bridge", "sessions", "presence", "webhooks"
  };

  /** Top-level types of one package. */
  private static final int MAX_TYPES = 25;

  /** Commands run on the main thread, which may block. */
  private static final DescribedPredicate<JavaClass> COMMANDS_AND_EMBEDDED =
      are(
          resideInAnyPackage(
              "dev.switchboard", "dev.switchboard.cli..", "dev.switchboard.embedded.."));

  /** The client for Java programs has a thread of its own. */
  private static final DescribedPredicate<JavaClass> NOT_ON_EVENT_LOOPS =
      COMMANDS_AND_EMBEDDED.or(resideInAPackage("dev.switchboard.client.."));

  private static final DescribedPredicate<JavaClass> SQL_USERS =
      new DescribedPredicate<>("stores, sets, rows and partitions of tables") {
        @Override
        public boolean test(JavaClass type) {
          String name = outermost(type).getSimpleName();
          return name.endsWith("Store")
              || name.endsWith("Set")
              || name.endsWith("Row")
              || name.equals("LogPartitions");
        }
      };

  private static final DescribedPredicate<JavaAccess<?>> BLOCKING_FUTURE_ACCESS =
      new DescribedPredicate<>("waits for a future") {
        @Override
        public boolean test(JavaAccess<?> access) {
          JavaClass owner = access.getTargetOwner();
          String name = access.getName();
          boolean blocking =
              owner.isAssignableTo(Future.class) && (name.equals("get") || name.equals("join"));
          boolean awaiting =
              owner.isAssignableTo(io.vertx.core.Future.class) && name.equals("await");
          return blocking || awaiting;
        }
      };

  @ArchTest
  static final ArchRule dependenciesPointDownwardsOnly =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("process")
          .definedBy("dev.switchboard")
          .layer("commands")
          .definedBy("dev.switchboard.cli..")
          .layer("node")
          .definedBy("dev.switchboard.node..")
          .layer("edge")
          .definedBy("dev.switchboard.api..", "dev.switchboard.ops..")
          .layer("capabilities")
          .definedBy(packages(CAPABILITIES))
          .layer("auth")
          .definedBy("dev.switchboard.auth..")
          .layer("stores")
          .definedBy(packages("redis", "inbox", "kept", "postgres", "embedded"))
          .layer("base")
          .definedBy(packages("config", "bus", "sealing", "time", "tracing"))
          .layer("event")
          .definedBy("dev.switchboard.event..")
          .whereLayer("process")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("commands")
          .mayOnlyBeAccessedByLayers("process")
          .whereLayer("node")
          .mayOnlyBeAccessedByLayers("commands")
          .whereLayer("edge")
          .mayOnlyBeAccessedByLayers("process", "commands", "node")
          .whereLayer("capabilities")
          .mayOnlyBeAccessedByLayers("commands", "node", "edge")
          .whereLayer("auth")
          .mayOnlyBeAccessedByLayers("commands", "node", "edge", "capabilities")
          .whereLayer("stores")
          .mayOnlyBeAccessedByLayers("commands", "node", "edge", "capabilities", "auth")
          .whereLayer("base")
          .mayOnlyBeAccessedByLayers(
              "process", "commands", "node", "edge", "capabilities", "auth", "stores")
          .because("a package that depends on higher ones can't be read, tested or moved alone");

  @ArchTest
  static final ArchRule theBaseKnowsNothingButEvents =
      noClasses()
          .that()
          .resideInAnyPackage(packages("config", "bus", "sealing", "time", "tracing"))
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.switchboard..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage(
                              packages("config", "bus", "sealing", "time", "tracing", "event")))))
          .because("everything else depends on settings, messages and events");

  @ArchTest
  static final ArchRule timeKnowsNothingElseOfTheServer =
      noClasses()
          .that()
          .resideInAPackage("dev.switchboard.time..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.switchboard..")
                  .and(DescribedPredicate.not(resideInAPackage("dev.switchboard.time.."))))
          .because("schedulers and repeating tasks serve every part of the server alike");

  @ArchTest
  static void capabilitiesDoNotKnowEachOther(JavaClasses classes) {
    for (String capability : CAPABILITIES) {
      String[] others =
          Stream.of(CAPABILITIES).filter(other -> !other.equals(capability)).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("dev.switchboard." + capability + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(packages(others))
          .because(
              "capabilities meet over the bus or an interface that the server supplies; otherwise"
                  + " none could be changed or left out alone")
          .allowEmptyShould(true)
          .check(classes);
    }
  }

  @ArchTest
  static final ArchRule webhooksAreUsedThroughEngineAdminAndRegistry =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.switchboard.webhooks..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              packages(
                  "webhooks.queue",
                  "webhooks.dispatch",
                  "webhooks.call",
                  "webhooks.guard",
                  "webhooks.report"))
          .because("queue, dispatch and calls change together and are nobody else's concern");

  @ArchTest
  static final ArchRule signaturesAreUsedByWebhooksAndTheirVerifier =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.switchboard.webhooks..", "dev.switchboard.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.switchboard.webhooks.signing..")
          .because("a request is signed where it is made");

  @ArchTest
  static final ArchRule clientsKnowNothingOfANodesInside =
      noClasses()
          .that()
          .resideInAPackage("dev.switchboard.cli.client..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.switchboard..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage(packages("cli.client", "config", "event", "time")))))
          .because("what a command can do to a node, every other client must be able to do");

  @ArchTest
  static final ArchRule theJavaClientNeedsNothingButTheJdk =
      noClasses()
          .that()
          .resideInAPackage("dev.switchboard.client..")
          .should()
          .dependOnClassesThat(
              DescribedPredicate.not(
                  resideInAnyPackage("dev.switchboard.client..", "java..", "org.jspecify..")))
          .because("its jar is attached without dependencies");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices()
          .matching("dev.switchboard.(*)..")
          .should()
          .beFreeOfCycles()
          .because("packages in a cycle are one package that nobody can read in order");

  @ArchTest
  static final ArchRule innerPackagesFormNoCycle =
      slices()
          .matching("dev.switchboard.(**)")
          .should()
          .beFreeOfCycles()
          .because("arrows point down inside a capability, too");

  @ArchTest
  static final ArchRule eventsKnowTheJdkOnly =
      classes()
          .that()
          .resideInAPackage("dev.switchboard.event..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.switchboard.event..",
              "java..",
              "org.jspecify.annotations..",
              "com.google.errorprone.annotations..")
          .because("the nouns must outlive every server, store and JSON library");

  @ArchTest
  static final ArchRule onlyTheBusUsesTheEventBus =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.switchboard.bus..")
          .should()
          .dependOnClassesThat(
              // Callers may ignore a consumer that a method returns.
              resideInAPackage("io.vertx.core.eventbus..")
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.equivalentTo(
                              io.vertx.core.eventbus.MessageConsumer.class))))
          .because("an address outside the table has no codec, no type and no stated guarantee");

  @ArchTest
  static final ArchRule onlyRedisUsesTheRedisClient =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.switchboard.redis..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.redis..")
          .because("timeouts, errors and key names are handled in one package");

  @ArchTest
  static final ArchRule onlyStoresUseTheSqlClient =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.switchboard.node..", "dev.switchboard.postgres..")
          .and(DescribedPredicate.not(SQL_USERS))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..")
          .because("a query belongs next to its row mapping, in the one class that runs it");

  @ArchTest
  static final ArchRule nothingMakesThreadsOrSleeps =
      noClasses()
          .that(DescribedPredicate.not(NOT_ON_EVENT_LOOPS))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class)
          .orShould()
          .dependOnClassesThat(
              resideInAPackage("java.util..")
                  .and(JavaClass.Predicates.assignableTo(Executor.class)))
          .because("everything runs on event loops; a second kind of thread would need locks");

  @ArchTest
  static final ArchRule nothingWaitsForAFuture =
      noClasses()
          .that(DescribedPredicate.not(NOT_ON_EVENT_LOOPS))
          .should()
          .accessTargetWhere(BLOCKING_FUTURE_ACCESS)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(CompletableFuture.class)
          .because("a blocked event loop holds up every session on it");

  @ArchTest
  static final ArchRule nothingPrintsOrExits =
      noClasses()
          .that(DescribedPredicate.not(COMMANDS_AND_EMBEDDED))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(System.class, "exit", int.class)
          .because("only the command line speaks to the terminal and ends the process");

  @ArchTest
  static final ArchRule onlyTheUpgradeReachesBelowVertx =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.switchboard.sessions.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.core..impl..", "io.vertx.core.internal..")
          .because("internals change without notice; one class has to follow them, behind a test");

  @ArchTest
  static final ArchRule onlyTheWireUsesNetty =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.switchboard.sessions.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..")
          .because("reference-counted memory leaks wherever somebody forgets to release it");

  @ArchTest
  static final ArchRule onlyTracingUsesOpenTelemetry =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.switchboard.tracing.opentelemetry..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.opentelemetry..")
          .because("a node without tracing must not load the SDK");

  @ArchTest
  static final ArchRule namesSayWhatATypeIs =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .because("such a name says nothing, so everything ends up there");

  @ArchTest
  static final ArchRule verticlesAreNamedSo =
      classes()
          .that()
          .areAssignableTo(VerticleBase.class)
          .should()
          .haveSimpleNameEndingWith("Verticle")
          .andShould()
          .resideInAnyPackage("dev.switchboard.*..")
          .because("a reader who looks for the threads of this process looks for verticles");

  @ArchTest
  static void packagesAreSmallEnoughToReadAsAWhole(JavaClasses classes) {
    Map<String, Long> types =
        classes.stream()
            .filter(type -> type.getEnclosingClass().isEmpty())
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));

    types.values().removeIf(number -> number <= MAX_TYPES);

    assertThat(types).as("packages with more than %d types", MAX_TYPES).isEmpty();
  }

  @ArchTest
  static void everyPackageIsDescribedAndNullMarked(JavaClasses classes) throws IOException {
    Set<String> packages =
        classes.stream()
            .map(JavaClass::getPackageName)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(packages).hasSizeGreaterThan(10);
    for (String name : packages) {
      Path file = Path.of("src/main/java", name.replace('.', '/'), "package-info.java");
      assertThat(file)
          .as("a package needs a sentence that says what it owns and must not know")
          .exists();
      assertThat(Files.readString(file))
          .as("%s: null safety is checked in marked packages only", name)
          .startsWith("/**")
          .contains("@" + NullMarked.class.getSimpleName() + "\n");
    }
  }

  private static String[] packages(String... names) {
    return Stream.of(names).map(name -> "dev.switchboard." + name + "..").toArray(String[]::new);
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }
}
