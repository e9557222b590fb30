/* dmacvicar_names: what users of dmacvicar/libvirt write instead. */
#include "dmacvicar_names.h"

#include "attr.h"

#define PAGE    " See docs/from-dmacvicar-libvirt.md."
#define SET(it) "For this setting of dmacvicar/libvirt, set " it "." PAGE

/* clang-format off */
static const ForeignName type_names[] = {
    {"libvirt_ignition", SET("\"coreos_ignition\" of the libvirt_domain to the path of the file")},
    {"libvirt_combustion", SET("\"fw_cfg\" of the libvirt_domain to the path of the file")},
    {"libvirt_node_device_info", "The data source libvirt_node_devices has these facts." PAGE},
    {"libvirt_network_dns_host_template", "Write the hosts in \"dns.hosts\" of the libvirt_network, with a for expression." PAGE},
    {"libvirt_network_dns_srv_template", "Write the records in \"dns.srvs\" of the libvirt_network, with a for expression." PAGE},
    {"libvirt_network_dnsmasq_options_template", "Write the options in \"dnsmasq_options\" of the libvirt_network." PAGE},
};

static const ForeignName domain_names[] = {
    {"network_name", SET("\"network\"")},
    {"wait_for_lease", SET("\"wait_for_ip\"")},
    {"hostname", SET("\"ips[].dhcp.hosts\" of the libvirt_network, or a libvirt_dhcp_host")},
    {"macvtap", SET("direct = { dev = …, mode = \"bridge\" }")},
    {"vepa", SET("direct = { dev = …, mode = \"vepa\" }")},
    {"private", SET("direct = { dev = …, mode = \"private\" }")},
    {"passthrough", SET("direct = { dev = …, mode = \"passthrough\" }")},
    {"scsi", SET("bus = \"scsi\"")},
    {"boot_device", SET("boot_order = [\"hd\", …]")},
    {"fw_cfg_name", SET("fw_cfg = [{ name = …, file = … }]")},
    {"nvram", SET("firmware = { nvram = …, nvram_template = … }")},
    {"firmware", SET("firmware = { loader = … }, or firmware = { type = \"efi\" }")},
    {"cmdline", SET("\"cmdline\" to one string, such as \"console=ttyS0 root=/dev/vda1\"")},
    {"console", "Each machine has a serial port with a console. For others, set serial = [{ type = \"pty\" }] or consoles = [{ type = \"pty\", target_type = \"virtio\" }]." PAGE},
    {"target_port", SET("\"target_port\" of \"serial\"")},
    {"metadata", SET("\"xml_merge\"")},
    {"xml", SET("the argument for what the XSLT changes, or \"xml_merge\"")},
    {"devices", SET("\"disk\", \"network_interface\", \"graphics\", \"serial\" and the other devices as arguments")},
    {"os", SET("\"machine\", \"arch\", \"firmware\", \"kernel\" or \"boot_order\"")},
    {"memory_unit", SET("\"memory\" in MiB")},
    {"sys_info", SET("\"smbios\", \"fw_cfg\" or \"coreos_ignition\"")},
};

static const ForeignName network_names[] = {
    {"addresses", SET("ips = [{ address = \"10.17.3.1/24\", dhcp = { ranges = [{ start = …, end = … }] } }]: the address of the host, and the range of the leases")},
    {"dhcp", SET("\"dhcp\" in an element of \"ips\"; without \"ranges\" there is no DHCP")},
    {"dns", SET("dns = { enabled = true, forwarders = [\"10.0.0.53\"], hosts = [{ ip = …, hostnames = [ … ] }] }")},
    {"local_only", SET("\"domain_local_only\" of the network")},
    {"hostname", SET("\"hostnames\", a list")},
    {"cidr", SET("\"address\" and \"prefix\"")},
    {"dnsmasq_options", SET("dnsmasq_options = [\"name=value\"]")},
    {"xml", SET("the argument for what the XSLT changes, or \"xml_merge\"")},
    {"forward", SET("\"mode\", \"forward_dev\" and \"nat\"")},
};

static const ForeignName pool_names[] = {
    {"target", SET("\"path\" and \"permissions\"")},
    {"device", SET("\"devices\", a list of paths")},
    {"allocation", "The data source libvirt_pool has it." PAGE},
    {"available", "The data source libvirt_pool has it." PAGE},
    {"xml", SET("the argument for what the XSLT changes")},
};

static const ForeignName volume_names[] = {
    {"source", SET("source = { url = …, checksum = … }, or source = { path = … } for a file of this machine")},
    {"base_volume_id", SET("base = { volume_id = … }")},
    {"base_volume_name", SET("base = { volume_id = … }, with the \"id\" of the libvirt_volume")},
    {"base_volume_pool", SET("base = { volume_id = … }, with the \"id\" of the libvirt_volume")},
    {"backing_store", SET("base = { path = … }")},
    {"create", SET("source = { url = …, checksum = … }")},
    {"capacity_unit", SET("\"size\", such as \"20G\"")},
    {"target", SET("\"format\" and \"permissions\"")},
    {"xml", SET("the argument for what the XSLT changes")},
};
/* clang-format on */

const ForeignNames dmacvicar_types = {type_names, ARRAY_COUNT(type_names)};
const ForeignNames dmacvicar_domain_names = {domain_names, ARRAY_COUNT(domain_names)};
const ForeignNames dmacvicar_network_names = {network_names, ARRAY_COUNT(network_names)};
const ForeignNames dmacvicar_pool_names = {pool_names, ARRAY_COUNT(pool_names)};
const ForeignNames dmacvicar_volume_names = {volume_names, ARRAY_COUNT(volume_names)};
