package dev.switchboard.bench.measure;

/** One measured value of one server under one workload; a line of the results file. */
record Figure(String server, String workload, Metric metric, double value) {

  static Figure parse(String line) {
    String[] columns = line.split("\t");
    return new Figure(
        columns[0], columns[1], Metric.valueOf(columns[2]), Double.parseDouble(columns[3]));
  }

  String line() {
    return String.join("\t", server, workload, metric.name(), String.valueOf(value)) + "\n";
  }
}
