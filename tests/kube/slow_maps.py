"""ConfigMaps that are made one after the other, with a pause before each, so that an apply can be met in its middle.

  slow_maps(name, count, pause)     the configuration of NAME-0 … NAME-(count - 1) in the namespace team; a pause like 600ms"""

ONE = """
resource "time_sleep" "%(name)s%(i)d" {
  create_duration = "%(pause)s"
  depends_on      = [%(before)s]
}
resource "kubernetes_config_map" "%(name)s%(i)d" {
  data = { k = time_sleep.%(name)s%(i)d.id }
  metadata {
    name      = "%(name)s-%(i)d"
    namespace = "team"
  }
}
"""


def slow_maps(name, count, pause):
    return "".join(ONE % {"name": name, "i": i, "pause": pause, "before": "kubernetes_config_map.%s%d" % (name, i - 1) if i else ""} for i in range(count))
