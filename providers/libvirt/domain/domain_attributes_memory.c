/* domain_attributes_memory: the memory: its kind and places on the host, its limits, memory
 * devices. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute memnode_attributes[] = {
    {"cellid", &TYPE_NUMBER, REQUIRED, "Number of the cell.",
     .binding = XML("@cellid")},
    {"mode", &TYPE_STRING, REQUIRED, "Kind of the binding.",
     .one_of = "strict preferred interleave restrictive", .binding = XML("@mode")},
    {"nodeset", &TYPE_STRING, REQUIRED, "Nodes of the host.",
     .binding = XML("@nodeset")},
};

static const Attribute numatune_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "Kind of the binding.",
     .one_of = "strict preferred interleave restrictive", .binding = XML("memory/@mode")},
    {"nodeset", &TYPE_STRING, OPTIONAL, "Nodes of the host.",
     .binding = XML("memory/@nodeset")},
    {"placement", &TYPE_STRING, OPTIONAL, "Whether nodes are given (static) or chosen (auto).",
     .one_of = "static auto", .binding = &(const XmlBinding){.path = "memory/@placement", .absent = "static"}},
    {"memnode", NULL, OPTIONAL,
     "Binding of single cells.",
     .nested = NESTED(NEST_LIST, memnode_attributes),
     .binding = XML_KEYED("memnode", "cellid", XML_AT_START)},
};

static const Attribute memtune_attributes[] = {
    {"hard_limit", &TYPE_NUMBER, OPTIONAL, "Maximum memory of the machine's processes in MiB.",
     .binding = XML_AS_CHANGING("hard_limit", XML_MIB, XML_LIVE)},
    {"soft_limit", &TYPE_NUMBER, OPTIONAL, "Memory in MiB that the host enforces when memory is short.",
     .binding = XML_AS_CHANGING("soft_limit", XML_MIB, XML_LIVE)},
    {"swap_hard_limit", &TYPE_NUMBER, OPTIONAL, "Maximum of memory and swap in MiB.",
     .binding = XML_AS_CHANGING("swap_hard_limit", XML_MIB, XML_LIVE)},
};

static const Attribute memory_backing_attributes[] = {
    {"hugepages", &TYPE_BOOL, OPTIONAL, "Whether the memory is in huge pages.",
     .binding = XML_AS("hugepages", XML_PRESENT)},
    {"hugepage_size", &TYPE_NUMBER, OPTIONAL, "Size of a huge page in KiB.",
     .binding = XML("hugepages/page/@size")},
    {"nosharepages", &TYPE_BOOL, OPTIONAL, "Whether equal pages of machines are kept apart.",
     .binding = XML_AS("nosharepages", XML_PRESENT)},
    {"locked", &TYPE_BOOL, OPTIONAL, "Whether the memory is never swapped.",
     .binding = XML_AS("locked", XML_PRESENT)},
    {"source", &TYPE_STRING, OPTIONAL, "Origin of the memory.",
     .one_of = "file anonymous memfd", .binding = XML("source/@type")},
    {"access", &TYPE_STRING, OPTIONAL, "Whether the memory is shared with processes of the host.",
     .one_of = "shared private", .binding = XML("access/@mode")},
    {"allocation", &TYPE_STRING, OPTIONAL, "When the memory is allocated.",
     .one_of = "immediate ondemand", .binding = XML("allocation/@mode")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the memory is discarded after the machine stops.",
     .binding = XML_AS("discard", XML_PRESENT)},
};

static const Attribute max_memory_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Maximum memory with plugged memory devices, in MiB.",
     .binding = XML_AS("maxMemory", XML_MIB)},
    {"slots", &TYPE_NUMBER, REQUIRED, "Number of slots.",
     .binding = XML("maxMemory/@slots")},
};

static const Attribute memory_device_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "dimm, virtio-mem or virtio-pmem.",
     .one_of = "dimm nvdimm virtio-mem virtio-pmem", .binding = XML_KIND("@model")},
    {"size", &TYPE_NUMBER, REQUIRED, "Size in MiB.",
     .binding = XML_AS("target/size", XML_MIB)},
    {"node", &TYPE_NUMBER, OPTIONAL, "NUMA cell of the memory.",
     .binding = XML("target/node")},
    {"access", &TYPE_STRING, OPTIONAL, "Whether the memory is shared with processes of the host.",
     .one_of = "shared private", .binding = XML("@access")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the memory is discarded after the machine stops.",
     .binding = XML("@discard")},
    {"pagesize", &TYPE_NUMBER, OPTIONAL, "Size of a page of the host in KiB.",
     .binding = XML("source/pagesize")},
    {"path", &TYPE_STRING, OPTIONAL, "File of a persistent memory.",
     .binding = XML("source/path")},
};
/* clang-format on */

const NestedObject domain_attributes_numatune = {
    NESTED_TABLE(NEST_SINGLE, numatune_attributes),
};

const NestedObject domain_attributes_memtune = {
    NESTED_TABLE(NEST_SINGLE, memtune_attributes),
};

const NestedObject domain_attributes_memory_backing = {
    NESTED_TABLE(NEST_SINGLE, memory_backing_attributes),
};

const NestedObject domain_attributes_max_memory = {
    NESTED_TABLE(NEST_SINGLE, max_memory_attributes),
};

const NestedObject domain_attributes_memory_device = {
    NESTED_TABLE(NEST_LIST, memory_device_attributes),
};
