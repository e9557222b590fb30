/* domain_attributes_nested: the nested objects of libvirt_domain, grouped by the file that defines
 * them. Included by domain_attributes*.c only. */
#pragma once

#include "xml_map.h"

/* domain_attributes_cpu.c */
extern const NestedObject domain_attributes_cpu, domain_attributes_cputune;
/* domain_attributes_memory.c */
extern const NestedObject domain_attributes_numatune, domain_attributes_memtune,
    domain_attributes_memory_backing, domain_attributes_max_memory, domain_attributes_memory_device;
/* domain_attributes_disk.c */
extern const NestedObject domain_attributes_disk, domain_attributes_filesystem,
    domain_attributes_blkiotune;
/* domain_attributes_interface.c */
extern const NestedObject domain_attributes_network_interface;
/* domain_attributes_boot.c */
extern const NestedObject domain_attributes_boot_menu, domain_attributes_bios,
    domain_attributes_firmware, domain_attributes_smbios, domain_attributes_fw_cfg;
/* domain_attributes_graphics.c */
extern const NestedObject domain_attributes_graphics, domain_attributes_video,
    domain_attributes_sound, domain_attributes_input, domain_attributes_redirdev;
/* domain_attributes_channel.c */
extern const NestedObject domain_attributes_serial, domain_attributes_parallel,
    domain_attributes_consoles, domain_attributes_channel, domain_attributes_vsock;
/* domain_attributes_device.c */
extern const NestedObject domain_attributes_tpm, domain_attributes_watchdog, domain_attributes_rng,
    domain_attributes_panic, domain_attributes_shmem, domain_attributes_iommu,
    domain_attributes_hostdev;
