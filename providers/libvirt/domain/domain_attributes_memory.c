/* domain_attributes_memory: NUMA placement, limits and backing of the memory; memory devices. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute memnode_attributes[] = {
    {"cellid", &TYPE_NUMBER, REQUIRED, "ID of the guest's NUMA cell.",
     .binding = XML("@cellid")},
    {"mode", &TYPE_STRING, REQUIRED, "Memory policy: strict, preferred, interleave or restrictive.",
     .one_of = "strict preferred interleave restrictive", .binding = XML("@mode")},
    {"nodeset", &TYPE_STRING, REQUIRED, "NUMA nodes of the host, such as 0-3,^1.",
     .binding = XML("@nodeset")},
};

static const Attribute numatune_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "Memory policy: strict, preferred, interleave or restrictive.",
     .one_of = "strict preferred interleave restrictive", .binding = XML("memory/@mode")},
    {"nodeset", &TYPE_STRING, OPTIONAL, "NUMA nodes of the host, such as 0-3,^1.",
     .binding = XML("memory/@nodeset")},
    {"placement", &TYPE_STRING, OPTIONAL, "Whether the nodes are those of nodeset (static) or chosen by libvirt (auto).",
     .one_of = "static auto", .binding = &(const XmlBinding){.path = "memory/@placement", .absent = "static"}},
    {"memnode", NULL, OPTIONAL,
     "Placement of single NUMA cells of the guest.",
     .nested = NESTED(NEST_LIST, memnode_attributes),
     .binding = XML_KEYED("memnode", "cellid", XML_AT_START)},
};

static const Attribute memtune_attributes[] = {
    {"hard_limit", &TYPE_NUMBER, OPTIONAL, "Maximum memory of the machine's processes in MiB.",
     .binding = XML_AS_CHANGING("hard_limit", XML_MIB, XML_LIVE)},
    {"soft_limit", &TYPE_NUMBER, OPTIONAL, "Memory limit in MiB that the host enforces while its memory is short.",
     .binding = XML_AS_CHANGING("soft_limit", XML_MIB, XML_LIVE)},
    {"swap_hard_limit", &TYPE_NUMBER, OPTIONAL, "Maximum memory plus swap of the machine's processes in MiB.",
     .binding = XML_AS_CHANGING("swap_hard_limit", XML_MIB, XML_LIVE)},
};

static const Attribute memory_backing_attributes[] = {
    {"hugepages", &TYPE_BOOL, OPTIONAL, "Whether the memory is backed by huge pages.",
     .binding = XML_AS("hugepages", XML_PRESENT)},
    {"hugepage_size", &TYPE_NUMBER, OPTIONAL, "Huge page size in KiB.",
     .binding = XML("hugepages/page/@size")},
    {"nosharepages", &TYPE_BOOL, OPTIONAL, "Whether the host must not merge equal pages of this machine with those of other machines (KSM).",
     .binding = XML_AS("nosharepages", XML_PRESENT)},
    {"locked", &TYPE_BOOL, OPTIONAL, "Whether the memory is locked, so that the host never swaps it out.",
     .binding = XML_AS("locked", XML_PRESENT)},
    {"source", &TYPE_STRING, OPTIONAL, "Source of the memory: file, anonymous or memfd.",
     .one_of = "file anonymous memfd", .binding = XML("source/@type")},
    {"access", &TYPE_STRING, OPTIONAL, "Whether the memory is mapped as shared (with processes of the host) or private.",
     .one_of = "shared private", .binding = XML("access/@mode")},
    {"allocation", &TYPE_STRING, OPTIONAL, "When the memory is allocated: immediate or ondemand.",
     .one_of = "immediate ondemand", .binding = XML("allocation/@mode")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the content of the memory is discarded when the machine stops.",
     .binding = XML_AS("discard", XML_PRESENT)},
};

static const Attribute max_memory_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Maximum memory in MiB, including memory devices.",
     .binding = XML_AS("maxMemory", XML_MIB)},
    {"slots", &TYPE_NUMBER, REQUIRED, "Number of slots for memory devices.",
     .binding = XML("maxMemory/@slots")},
};

static const Attribute memory_device_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device: dimm, nvdimm, virtio-mem or virtio-pmem.",
     .one_of = "dimm nvdimm virtio-mem virtio-pmem", .binding = XML_KIND("@model")},
    {"size", &TYPE_NUMBER, REQUIRED, "Size in MiB.",
     .binding = XML_AS("target/size", XML_MIB)},
    {"node", &TYPE_NUMBER, OPTIONAL, "ID of the guest's NUMA cell that gets the memory.",
     .binding = XML("target/node")},
    {"access", &TYPE_STRING, OPTIONAL, "Whether the memory is mapped as shared (with processes of the host) or private.",
     .one_of = "shared private", .binding = XML("@access")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the content of the memory is discarded when the machine stops.",
     .binding = XML("@discard")},
    {"pagesize", &TYPE_NUMBER, OPTIONAL, "Page size of the host's memory in KiB.",
     .binding = XML("source/pagesize")},
    {"path", &TYPE_STRING, OPTIONAL, "Path on the host of the file that backs persistent memory.",
     .binding = XML("source/path")},
};
/* clang-format on */

const NestedObject domain_attributes_numatune = {NESTED_OBJECT(NEST_SINGLE, numatune_attributes)};
const NestedObject domain_attributes_memtune = {NESTED_OBJECT(NEST_SINGLE, memtune_attributes)};
const NestedObject domain_attributes_memory_backing = {
    NESTED_OBJECT(NEST_SINGLE, memory_backing_attributes)};
const NestedObject domain_attributes_max_memory = {
    NESTED_OBJECT(NEST_SINGLE, max_memory_attributes)};
const NestedObject domain_attributes_memory_device = {
    NESTED_OBJECT(NEST_LIST, memory_device_attributes)};
