/* domain_attributes_cpu: the processors: what the guest sees, their shares, limits and places. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute topology_attributes[] = {
    {"sockets", &TYPE_NUMBER, REQUIRED, "Number of sockets.",
     .binding = XML("@sockets")},
    {"dies", &TYPE_NUMBER, OPTIONAL, "Number of dies of a socket.",
     .binding = XML("@dies")},
    {"cores", &TYPE_NUMBER, REQUIRED, "Number of cores of a die.",
     .binding = XML("@cores")},
    {"threads", &TYPE_NUMBER, REQUIRED, "Number of threads of a core.",
     .binding = XML("@threads")},
};

static const Attribute cpu_cache_attributes[] = {
    {"level", &TYPE_NUMBER, OPTIONAL, "Level of the cache.",
     .binding = XML("@level")},
    {"mode", &TYPE_STRING, REQUIRED, "Origin of the description.",
     .one_of = "emulate passthrough disable", .binding = XML("@mode")},
};

static const Attribute maxphysaddr_attributes[] = {
    {"mode", &TYPE_STRING, REQUIRED, "Origin of the size.",
     .one_of = "emulate passthrough", .binding = XML("@mode")},
    {"bits", &TYPE_NUMBER, OPTIONAL, "Number of bits, with mode emulate.",
     .binding = XML("@bits")},
};

static const Attribute cpu_feature_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the feature.",
     .binding = XML("@name")},
    {"policy", &TYPE_STRING, REQUIRED, "Whether the guest has the feature.",
     .one_of = "force require optional disable forbid", .binding = XML("@policy")},
};

static const Attribute numa_distance_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "Number of the other cell.",
     .binding = XML("@id")},
    {"value", &TYPE_NUMBER, REQUIRED, "Distance, 10 to 254.",
     .binding = XML("@value")},
};

static const Attribute numa_cell_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "Number of the cell.",
     .binding = XML("@id")},
    {"cpus", &TYPE_STRING, OPTIONAL, "Processors, as 0-3,^1.",
     .binding = XML("@cpus")},
    {"memory", &TYPE_NUMBER, REQUIRED, "Memory in MiB.",
     .binding = XML_AS("@memory", XML_MIB)},
    {"mem_access", &TYPE_STRING, OPTIONAL, "Whether the memory is shared with processes of the host.",
     .one_of = "shared private", .binding = XML("@memAccess")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the memory is discarded after the machine stops.",
     .binding = XML("@discard")},
    {"distances", NULL, OPTIONAL,
     "Distances to other cells.",
     .nested = NESTED(NEST_LIST, numa_distance_attributes),
     .binding = XML("distances/sibling")},
};

static const Attribute cpu_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "host-passthrough, host-model, maximum or custom."},
    {"model", &TYPE_STRING, OPTIONAL, "Name of a CPU model, with mode custom."},
    {"match", &TYPE_STRING, OPTIONAL, "How the host must match the model.",
     .one_of = "minimum exact strict", .binding = XML("@match")},
    {"check", &TYPE_STRING, OPTIONAL, "How the CPU is checked before a start.",
     .one_of = "none partial full", .binding = XML("@check")},
    {"migratable", &TYPE_BOOL, OPTIONAL, "Whether features that prevent a migration are removed.",
     .binding = XML_AS("@migratable", XML_ON_OFF)},
    {"fallback", &TYPE_STRING, OPTIONAL, "Whether a similar model is allowed, if QEMU lacks this one.",
     .one_of = "allow forbid", .binding = XML("model/@fallback")},
    {"vendor", &TYPE_STRING, OPTIONAL, "Vendor of the host's CPU.", .binding = XML("vendor")},
    {"topology", NULL, OPTIONAL, "Sockets, cores and threads; their product is vcpu_max.",
     .nested = NESTED(NEST_SINGLE, topology_attributes), .binding = XML("topology")},
    {"cache", NULL, OPTIONAL, "Cache that the guest sees.",
     .nested = NESTED(NEST_SINGLE, cpu_cache_attributes), .binding = XML("cache")},
    {"maxphysaddr", NULL, OPTIONAL, "Size of physical addresses.",
     .nested = NESTED(NEST_SINGLE, maxphysaddr_attributes), .binding = XML("maxphysaddr")},
    {"feature", NULL, OPTIONAL, "Features that differ from the model.",
     .nested = NESTED(NEST_LIST, cpu_feature_attributes), .binding = XML_KEYED("feature", "name", XML_AT_START)},
    {"numa_cell", NULL, OPTIONAL, "NUMA cells; their memory adds up to memory_max.",
     .nested = NESTED(NEST_LIST, numa_cell_attributes), .binding = XML_KEYED("numa/cell", "id", XML_AT_START)},
};

static const Attribute vcpupin_attributes[] = {
    {"vcpu", &TYPE_NUMBER, REQUIRED, "Number of the processor.",
     .binding = XML("@vcpu")},
    {"cpuset", &TYPE_STRING, REQUIRED, "Processors of the host, as 0-3,^1.",
     .binding = XML_CHANGING("@cpuset", XML_LIVE)},
};

static const Attribute iothreadpin_attributes[] = {
    {"iothread", &TYPE_NUMBER, REQUIRED, "Number of the I/O thread.",
     .binding = XML("@iothread")},
    {"cpuset", &TYPE_STRING, REQUIRED, "Processors of the host, as 0-3,^1.",
     .binding = XML("@cpuset")},
};

static const Attribute cputune_attributes[] = {
    {"shares", &TYPE_NUMBER, OPTIONAL, "Weight of the machine's processors.",
     .binding = XML_CHANGING("shares", XML_LIVE)},
    {"period", &TYPE_NUMBER, OPTIONAL, "Period of quota in microseconds.",
     .binding = XML_CHANGING("period", XML_LIVE)},
    {"quota", &TYPE_NUMBER, OPTIONAL, "Time of each processor in a period, in microseconds; -1: no limit.",
     .binding = XML_CHANGING("quota", XML_LIVE)},
    {"global_period", &TYPE_NUMBER, OPTIONAL, "Period of global_quota in microseconds.",
     .binding = XML_CHANGING("global_period", XML_LIVE)},
    {"global_quota", &TYPE_NUMBER, OPTIONAL, "Time of the whole machine in a period, in microseconds.",
     .binding = XML_CHANGING("global_quota", XML_LIVE)},
    {"emulator_period", &TYPE_NUMBER, OPTIONAL, "Period of emulator_quota in microseconds.",
     .binding = XML_CHANGING("emulator_period", XML_LIVE)},
    {"emulator_quota", &TYPE_NUMBER, OPTIONAL, "Time of the emulator in a period, in microseconds.",
     .binding = XML_CHANGING("emulator_quota", XML_LIVE)},
    {"iothread_period", &TYPE_NUMBER, OPTIONAL, "Period of iothread_quota in microseconds.",
     .binding = XML_CHANGING("iothread_period", XML_LIVE)},
    {"iothread_quota", &TYPE_NUMBER, OPTIONAL, "Time of each I/O thread in a period, in microseconds.",
     .binding = XML_CHANGING("iothread_quota", XML_LIVE)},
    {"emulatorpin", &TYPE_STRING, OPTIONAL, "Processors of the host for the emulator.",
     .binding = XML("emulatorpin/@cpuset")},
    {"vcpupin", NULL, OPTIONAL,
     "Processors of the host for each processor. Changes are live.",
     .nested = NESTED(NEST_LIST, vcpupin_attributes),
     .binding = XML_KEYED("vcpupin", "vcpu", XML_AT_START)},
    {"iothreadpin", NULL, OPTIONAL,
     "Processors of the host for each I/O thread.",
     .nested = NESTED(NEST_LIST, iothreadpin_attributes),
     .binding = XML_KEYED("iothreadpin", "iothread", XML_AT_START)},
};
/* clang-format on */

const NestedObject domain_attributes_cpu = {
    NESTED_TABLE(NEST_SINGLE, cpu_attributes),
};

const NestedObject domain_attributes_cputune = {
    NESTED_TABLE(NEST_SINGLE, cputune_attributes),
};
