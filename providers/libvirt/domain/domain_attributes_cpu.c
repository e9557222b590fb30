/* domain_attributes_cpu: CPU model and topology; CPU shares, limits and pinning. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute topology_attributes[] = {
    {"sockets", &TYPE_NUMBER, REQUIRED, "Number of sockets.",
     .binding = XML("@sockets")},
    {"dies", &TYPE_NUMBER, OPTIONAL, "Number of dies per socket.",
     .binding = XML("@dies")},
    {"cores", &TYPE_NUMBER, REQUIRED, "Number of cores per die.",
     .binding = XML("@cores")},
    {"threads", &TYPE_NUMBER, REQUIRED, "Number of threads per core.",
     .binding = XML("@threads")},
};

static const Attribute cpu_cache_attributes[] = {
    {"level", &TYPE_NUMBER, OPTIONAL, "Level of the cache.",
     .binding = XML("@level")},
    {"mode", &TYPE_STRING, REQUIRED, "Source of the cache description: emulate, passthrough or disable.",
     .one_of = "emulate passthrough disable", .binding = XML("@mode")},
};

static const Attribute maxphysaddr_attributes[] = {
    {"mode", &TYPE_STRING, REQUIRED, "Source of the size: emulate or passthrough.",
     .one_of = "emulate passthrough", .binding = XML("@mode")},
    {"bits", &TYPE_NUMBER, OPTIONAL, "Number of address bits, for the mode emulate.",
     .binding = XML("@bits")},
};

static const Attribute cpu_feature_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the feature.",
     .binding = XML("@name")},
    {"policy", &TYPE_STRING, REQUIRED, "Policy of the feature: force, require, optional, disable or forbid.",
     .one_of = "force require optional disable forbid", .binding = XML("@policy")},
};

static const Attribute numa_distance_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "ID of the other cell.",
     .binding = XML("@id")},
    {"value", &TYPE_NUMBER, REQUIRED, "Distance to the other cell, from 10 to 254.",
     .binding = XML("@value")},
};

static const Attribute numa_cell_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "ID of the guest's NUMA cell.",
     .binding = XML("@id")},
    {"cpus", &TYPE_STRING, OPTIONAL, "Virtual CPUs of the cell, such as 0-3,^1.",
     .binding = XML("@cpus")},
    {"memory", &TYPE_NUMBER, REQUIRED, "Memory size in MiB.",
     .binding = XML_AS("@memory", XML_MIB)},
    {"mem_access", &TYPE_STRING, OPTIONAL, "Whether the memory is mapped as shared (with processes of the host) or private.",
     .one_of = "shared private", .binding = XML("@memAccess")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the content of the memory is discarded when the machine stops.",
     .binding = XML("@discard")},
    {"distances", NULL, OPTIONAL,
     "Distances to other cells.",
     .nested = NESTED(NEST_LIST, numa_distance_attributes),
     .binding = XML("distances/sibling")},
};

static const Attribute cpu_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "CPU mode: host-passthrough, host-model, maximum or custom."},
    {"model", &TYPE_STRING, OPTIONAL, "Name of the CPU model, for the mode custom."},
    {"match", &TYPE_STRING, OPTIONAL, "How the guest's CPU must match the model: minimum, exact or strict.",
     .one_of = "minimum exact strict", .binding = XML("@match")},
    {"check", &TYPE_STRING, OPTIONAL, "How libvirt checks the CPU before a start: none, partial or full.",
     .one_of = "none partial full", .binding = XML("@check")},
    {"migratable", &TYPE_BOOL, OPTIONAL, "Whether features that prevent migration are removed from the CPU.",
     .binding = XML_AS("@migratable", XML_ON_OFF)},
    {"fallback", &TYPE_STRING, OPTIONAL, "Whether libvirt may use a similar model if the hypervisor lacks this one: allow or forbid.",
     .one_of = "allow forbid", .binding = XML("model/@fallback")},
    {"vendor", &TYPE_STRING, OPTIONAL, "CPU vendor that the host must have.", .binding = XML("vendor")},
    {"topology", NULL, OPTIONAL, "Numbers of sockets, dies, cores and threads. Their product must be vcpu_max.",
     .nested = NESTED(NEST_SINGLE, topology_attributes), .binding = XML("topology")},
    {"cache", NULL, OPTIONAL, "CPU cache that the guest sees.",
     .nested = NESTED(NEST_SINGLE, cpu_cache_attributes), .binding = XML("cache")},
    {"maxphysaddr", NULL, OPTIONAL, "Size of physical addresses.",
     .nested = NESTED(NEST_SINGLE, maxphysaddr_attributes), .binding = XML("maxphysaddr")},
    {"feature", NULL, OPTIONAL, "CPU features that differ from those of the model.",
     .nested = NESTED(NEST_LIST, cpu_feature_attributes), .binding = XML_KEYED("feature", "name", XML_AT_START)},
    {"numa_cell", NULL, OPTIONAL, "NUMA cells of the guest. Their memory must add up to memory_max.",
     .nested = NESTED(NEST_LIST, numa_cell_attributes), .binding = XML_KEYED("numa/cell", "id", XML_AT_START)},
};

static const Attribute vcpupin_attributes[] = {
    {"vcpu", &TYPE_NUMBER, REQUIRED, "Number of the virtual CPU.",
     .binding = XML("@vcpu")},
    {"cpuset", &TYPE_STRING, REQUIRED, "CPUs of the host, such as 0-3,^1.",
     .binding = XML("@cpuset")},
};

static const Attribute iothreadpin_attributes[] = {
    {"iothread", &TYPE_NUMBER, REQUIRED, "Number of the I/O thread.",
     .binding = XML("@iothread")},
    {"cpuset", &TYPE_STRING, REQUIRED, "CPUs of the host, such as 0-3,^1.",
     .binding = XML("@cpuset")},
};

static const Attribute cputune_attributes[] = {
    {"shares", &TYPE_NUMBER, OPTIONAL, "CPU weight of the machine relative to other machines.",
     .binding = XML_CHANGING("shares", XML_LIVE)},
    {"period", &TYPE_NUMBER, OPTIONAL, "Period of the quota in microseconds.",
     .binding = XML_CHANGING("period", XML_LIVE)},
    {"quota", &TYPE_NUMBER, OPTIONAL, "CPU time that each virtual CPU may use in a period, in microseconds; -1 for no limit.",
     .binding = XML_CHANGING("quota", XML_LIVE)},
    {"global_period", &TYPE_NUMBER, OPTIONAL, "Period of global_quota in microseconds.",
     .binding = XML_CHANGING("global_period", XML_LIVE)},
    {"global_quota", &TYPE_NUMBER, OPTIONAL, "CPU time that the whole machine may use in a period, in microseconds; -1 for no limit.",
     .binding = XML_CHANGING("global_quota", XML_LIVE)},
    {"emulator_period", &TYPE_NUMBER, OPTIONAL, "Period of emulator_quota in microseconds.",
     .binding = XML_CHANGING("emulator_period", XML_LIVE)},
    {"emulator_quota", &TYPE_NUMBER, OPTIONAL, "CPU time that the emulator may use in a period, in microseconds; -1 for no limit.",
     .binding = XML_CHANGING("emulator_quota", XML_LIVE)},
    {"iothread_period", &TYPE_NUMBER, OPTIONAL, "Period of iothread_quota in microseconds.",
     .binding = XML_CHANGING("iothread_period", XML_LIVE)},
    {"iothread_quota", &TYPE_NUMBER, OPTIONAL, "CPU time that each I/O thread may use in a period, in microseconds; -1 for no limit.",
     .binding = XML_CHANGING("iothread_quota", XML_LIVE)},
    {"emulatorpin", &TYPE_STRING, OPTIONAL, "CPUs of the host that the emulator threads run on.",
     .binding = XML("emulatorpin/@cpuset")},
    {"vcpupin", NULL, OPTIONAL,
     "CPUs of the host that each virtual CPU runs on.",
     .nested = NESTED(NEST_LIST, vcpupin_attributes),
     .binding = XML_KEYED("vcpupin", "vcpu", XML_AT_START)},
    {"iothreadpin", NULL, OPTIONAL,
     "CPUs of the host that each I/O thread runs on.",
     .nested = NESTED(NEST_LIST, iothreadpin_attributes),
     .binding = XML_KEYED("iothreadpin", "iothread", XML_AT_START)},
};
/* clang-format on */

const NestedObject domain_attributes_cpu = {NESTED_OBJECT(NEST_SINGLE, cpu_attributes)};
const NestedObject domain_attributes_cputune = {NESTED_OBJECT(NEST_SINGLE, cputune_attributes)};
