"""Values for every argument of the libvirt types, for tests/lab/attributes: two values of each, so that a test can set and
then change it. An argument is named with its path in the schema; a list has one item unless `base` says otherwise."""


class Case:
    """One object and one argument of it. `value` and `other` are its values, `base` the other arguments, `lines` the
    lines of the definition that may differ between them: None if libvirt does not store the argument. `unset` is set if
    an import reads it differently, and `id` is the import ID if that is not the name. libvirt stores no argument as False
    or null, so these are the first values: the second one is imported."""

    def __init__(self, type, path, value, other, lines, base=None, extra=(), driver="qemu", unset=False, id=None, needed=False):
        if other in (False, None) and not extra and lines:
            value, other = other, value
        self.type, self.path, self.value, self.other, self.lines = type, path, value, other, lines
        self.base, self.extra, self.driver, self.unset, self.id = base or {}, extra, driver, unset, id
        self.needed = needed
        self.address = None


def place(parts, value, base):
    """The arguments with `value` at the path: {"clock": {"offset": value}}; a step "rng[]" is the first item of a list."""
    name, rest = parts[0], parts[1:]
    is_list = name.endswith("[]")
    name = name[:-2] if is_list else name
    if not rest:
        if value is None:
            return {key: old for key, old in base.items() if key != name}
        return {**base, name: value}
    inner = base.get(name) or ([{}] if is_list else {})
    if is_list:
        return {**base, name: [place(rest, value, inner[0])] + inner[1:]}
    return {**base, name: place(rest, value, inner)}


CASES = []
D = "/domain"
V = D + "/devices"


def add(path, value, other, lines, base=None, **more):
    CASES.append(Case("libvirt_domain", path, value, other, lines, base, **more))


def many(prefix, lines, base, rows, **more):
    """Rows of argument, value, other value, place below `lines`."""
    for name, value, other, place_ in rows:
        add(prefix + "." + name if prefix else name, value, other, lines + place_ if place_ is not None else None, base, **more)


# -- machines: top level ---------------------------------------------------------------------------------------------

EMULATOR = "/usr/bin/qemu-system-x86_64"
many("", D, {}, [
    ("title", "a", "b", "/title=.*"), ("description", "a", "b", "/description=.*"),
    ("on_poweroff", "restart", "destroy", "/on_poweroff=.*"), ("on_reboot", "destroy", "restart", "/on_reboot=.*"),
    ("on_crash", "restart", "coredump-destroy", "/on_crash=.*"),
    ("boot_order", ["network"], ["hd", "cdrom"], "/os/boot.*"), ("iothreads", 2, 3, "/iothreads=.*"),
    ("partition", "/machine", "/other", "/resource/partition=.*"),
    ("emulator", EMULATOR, "/usr/bin/../bin/qemu-system-x86_64", "/devices/emulator=.*"),
    ("coreos_ignition", "/srv/a.ign", "/srv/b.ign", "/sysinfo/entry@file=.*"),
    ("qemu_commandline", ["-name", "a"], ["-name", "b"], "/commandline/arg@value=.*"),
    ("kernel", "/boot/a", "/boot/b", "/os/kernel=.*"), ("initrd", "/boot/a", "/boot/b", "/os/initrd=.*"),
    ("cmdline", "a", "b", "/os/cmdline=.*"), ("vcpu_max", 4, 6, "/vcpu(=|@current=).*"),
    ("memory_max", 96, 128, "/(memory|currentMemory)=.*"), ("memory", 64, 60, "/(memory|currentMemory)=.*"),
    ("vcpu", 2, 1, "/vcpu=.*"), ("balloon", False, True, "/devices/memballoon.*"),
    ("qemu_agent", True, False, "/devices/(channel|controller).*"), ("autostart", True, False, None),
    ("update_policy", "never_reboot", "live_only", None),
    ("wait.ip", "none", "lease", None), ("wait.timeout", "1s", "2s", None),
    ("shutdown.mode", "agent", "acpi", None), ("shutdown.timeout", "1s", "2s", None),
    ("console.log_file", "/var/log/a", "/var/log/b", "/devices/(serial|console)/log@file=.*"),
])
add("boot_menu.enabled", True, False, D + "/os/bootmenu@enable=.*")
add("boot_menu.timeout", 3000, 5000, D + "/os/bootmenu@timeout=.*", {"boot_menu": {"enabled": True}})
many("bios", D + "/os/bios", {}, [("use_serial", True, False, "@useserial=.*"), ("reboot_timeout", 10, 20, "@rebootTimeout=.*")])
CODE, VARS = "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"
LOADER = {"firmware": {"loader": CODE, "loader_type": "pflash", "loader_readonly": True, "nvram": "/var/lib/libvirt/qemu/nvram/x.fd",
                       "nvram_template": VARS}}
many("firmware", D, LOADER, [
    ("loader", CODE, "/usr/share/OVMF/OVMF_CODE.fd", "/os/loader=.*"), ("loader_readonly", True, False, "/os/loader@readonly=.*"),
("nvram", "/srv/a.fd", "/srv/b.fd", "/os/nvram=.*"),
    ("nvram_template", VARS, "/usr/share/OVMF/OVMF_VARS.fd", "/os/nvram@template=.*")])
add("firmware.loader_secure", True, False, D + "/os/loader@secure=.*", {**LOADER, "features": {"smm": True}})
add("firmware.loader_type", "pflash", "rom", D + "/os/loader@(type|readonly)=.*", {"firmware": {"loader": CODE}})
add("firmware.type", "efi", "bios", D + "/os(@firmware=.*|/(firmware|loader|nvram).*)", {})
many("firmware", D, {"firmware": {"type": "efi"}}, [
    ("secure_boot", False, True, "/(os/(firmware|loader|nvram).*|features.*)"),
    ("enrolled_keys", False, True, "/(os/(firmware|loader|nvram).*|features.*)")])
SMBIOS = D + "/sysinfo"
many("smbios", D, {"smbios": {"mode": "sysinfo", "system": {"product": "x"}}}, [
    ("mode", "sysinfo", "emulate", "/os/smbios@mode=.*"), ("system", {"product": "a"}, {"product": "b", "family": "c"}, "/sysinfo.*"),
    ("bios", {"vendor": "a"}, {"vendor": "b"}, "/sysinfo/bios.*"), ("base_board", {"product": "a"}, {"product": "b"}, "/sysinfo/baseBoard.*"),
    ("chassis", {"serial": "a"}, {"serial": "b"}, "/sysinfo/chassis.*"), ("oem_strings", ["a", "b"], ["c"], "/sysinfo/oemStrings.*")])
many("fw_cfg[]", D + "/sysinfo/entry", {"fw_cfg": [{"name": "opt/test", "value": "x"}]}, [
    ("name", "opt/a", "opt/b", "@name=.*"), ("value", "a", "b", "=.*")])
add("fw_cfg[].file", "/srv/a", "/srv/b", D + "/sysinfo/entry@file=.*", {"fw_cfg": [{"name": "opt/test"}]})

# -- processors and memory --------------------------------------------------------------------------------------------

TUNE = D + "/cputune"
many("cputune", TUNE, {}, [(name, 2000, 3000, "/%s=.*" % name) for name in (
    "shares", "period", "quota", "global_period", "global_quota", "emulator_period", "emulator_quota")])
many("cputune", TUNE, {"iothreads": 1}, [(name, 2000, 3000, "/%s=.*" % name) for name in ("iothread_period", "iothread_quota")])
add("cputune.emulatorpin", "0", "1", TUNE + "/emulatorpin@cpuset=.*")
PIN = {"vcpu": 2, "cputune": {"vcpupin": [{"vcpu": 0, "cpuset": "0"}]}}
many("cputune.vcpupin[]", TUNE + "/vcpupin", PIN, [("vcpu", 0, 1, "@vcpu=.*"), ("cpuset", "0", "1", "@cpuset=.*")])
PIN = {"iothreads": 2, "cputune": {"iothreadpin": [{"iothread": 1, "cpuset": "0"}]}}
many("cputune.iothreadpin[]", TUNE + "/iothreadpin", PIN, [("iothread", 1, 2, "@iothread=.*"), ("cpuset", "0", "1", "@cpuset=.*")])
many("numatune", D + "/numatune/memory", {"numatune": {"mode": "strict", "nodeset": "0"}}, [
    ("mode", "strict", "preferred", "@mode=.*"), ("nodeset", "0", "0-1", "@nodeset=.*")])
add("numatune.placement", "static", "auto", D + "/(numatune/memory|vcpu)@(placement|nodeset)=.*", {"numatune": {"mode": "strict", "nodeset": "0"}},
    extra=({"numatune": {"mode": "strict", "placement": "auto"}},))
CELLS = {"memory": 64, "cpu": {"mode": "maximum", "numa_cell": [{"id": 0, "cpus": "0", "memory": 64}]}}
many("numatune.memnode[]", D + "/numatune/memnode", {**CELLS, "numatune": {"memnode": [{"cellid": 0, "mode": "strict", "nodeset": "0"}]}}, [
    ("mode", "strict", "preferred", "@mode=.*"), ("nodeset", "0", "0-1", "@nodeset=.*")])
TWO = {"memory": 64, "vcpu": 2, "cpu": {"mode": "maximum", "numa_cell": [{"id": 0, "cpus": "0", "memory": 32}, {"id": 1, "cpus": "1", "memory": 32}]}}
add("numatune.memnode[].cellid", 0, 1, D + "/numatune/memnode@cellid=.*", {**TWO, "numatune": {"memnode": [{"cellid": 0, "mode": "strict", "nodeset": "0"}]}})
many("memtune", D + "/memtune", {}, [(name, 512, 600, "/%s=.*" % name) for name in ("hard_limit", "soft_limit", "swap_hard_limit")])
add("blkiotune.weight", 200, 300, D + "/blkiotune/weight=.*")
BACK = D + "/memoryBacking"
many("memory_backing", BACK, {}, [
    ("hugepages", True, False, "(/hugepages/?|/)?"), ("nosharepages", True, False, "(/nosharepages/?|/)?"),
    ("locked", True, False, "(/locked/?|/)?"), ("discard", True, False, "(/discard/?|/)?"), ("hugepage_size", 2048, 1048576, "/hugepages/page@size=.*"),
    ("source", "memfd", "file", "/source@type=.*"), ("access", "shared", "private", "/access@mode=.*"),
    ("allocation", "immediate", "ondemand", "/allocation@mode=.*")])
RESERVE = {**CELLS, "max_memory": {"size": 1024, "slots": 4}}
many("max_memory", D + "/maxMemory", RESERVE, [("size", 1024, 2048, "=.*"), ("slots", 4, 8, "@slots=.*")])

SLOT = {**RESERVE, "memory_device": [{"model": "dimm", "size": 128, "node": 0}]}
M = V + "/memory"
many("memory_device[]", M, SLOT, [("size", 128, 256, "/target/size=.*|/domain/(memory|currentMemory)=.*"), ("access", "shared", "private", "@access=.*"),
     ("discard", True, False, "@discard=.*"), ("pagesize", 4, 2048, "/source/pagesize.*")])
add("memory_device[].node", 0, 1, M + "/target/node=.*", {**TWO, "max_memory": {"size": 1024, "slots": 4}, "memory_device": [{"model": "dimm", "size": 128}]})
NVDIMM = {**RESERVE, "memory_device": [{"model": "nvdimm", "size": 128, "node": 0, "path": "/srv/a"}]}
add("memory_device[].path", "/srv/a", "/srv/b", M + "/source/path=.*", NVDIMM)
add("memory_device[].model", "nvdimm", "dimm", M + ".*|/domain/(memory|currentMemory)=.*", NVDIMM, extra=(SLOT,))

CPU = D + "/cpu"
FIXED = {"cpu": {"mode": "custom", "model": "Nehalem"}}
many("cpu", CPU, FIXED, [("model", "Nehalem", "Westmere", "/model=.*"),
     ("match", "exact", "strict", "@match=.*"), ("check", "none", "partial", "@check=.*"), ("fallback", "forbid", "allow", "/model@fallback=.*"),
     ("vendor", "Intel", "AMD", "/vendor=.*")])
add("cpu.mode", "custom", "maximum", CPU + ".*", {"cpu": {"model": "Nehalem"}}, extra=({"cpu": {"mode": "maximum"}},))
add("cpu.migratable", True, False, CPU + "@migratable=.*", {"cpu": {"mode": "maximum"}})
TOPOLOGY = {"vcpu_max": 4, "cpu": {"mode": "maximum", "topology": {"sockets": 4, "dies": 1, "cores": 1, "threads": 1}}}
for name in ("sockets", "cores", "threads", "dies"):
    base = {"sockets": 1, "dies": 1, "cores": 1, "threads": 1, name: 4}
    other = {"sockets": 1, "dies": 1, "cores": 1, "threads": 1, name: 2}
    CASES.append(Case("libvirt_domain", "cpu.topology." + name, 4, 2, CPU + "/topology@%s=.*|/domain/vcpu(=|@current=).*" % name,
                      {"vcpu_max": 4, "cpu": {"mode": "maximum", "topology": base}}, extra=({"vcpu_max": 2},)))
add("cpu.cache.mode", "emulate", "disable", CPU + "/cache@(mode|level)=.*", {"cpu": {"mode": "maximum", "cache": {"level": 3}}},
    extra=({"cpu": {"mode": "maximum", "cache": {"mode": "disable"}}},))
many("cpu.maxphysaddr", CPU + "/maxphysaddr", {"cpu": {"mode": "maximum", "maxphysaddr": {"mode": "emulate", "bits": 42}}}, [
    ("bits", 42, 44, "@bits=.*"), ("mode", "emulate", "passthrough", "@(mode|bits)=.*")])
CASES[-1].extra = ({"cpu": {"mode": "maximum", "maxphysaddr": {"mode": "passthrough"}}},)
many("cpu.feature[]", CPU + "/feature", {"cpu": {"mode": "maximum", "feature": [{"name": "vmx", "policy": "disable"}]}}, [
    ("name", "vmx", "svm", ".*"), ("policy", "disable", "require", "@policy=.*")])
many("cpu.numa_cell[]", CPU + "/numa/cell", CELLS, [
    ("mem_access", "shared", "private", "@memAccess=.*"), ("discard", True, False, "@discard=.*")])
for name, value, other in (("cpus", "0", "0-1"), ("memory", 64, 128)):
    add("cpu.numa_cell[]." + name, value, other, "/domain/(cpu/numa/cell@.*|memory=.*|currentMemory=.*|vcpu=.*)", CELLS,
        extra=({"memory": 128},) if name == "memory" else ({"vcpu": 2},) if name == "cpus" else ())
FAR = {**TWO, "cpu": {"mode": "maximum", "numa_cell": [{"id": 0, "cpus": "0", "memory": 32, "distances": [{"id": 1, "value": 20}]},
                                                      {"id": 1, "cpus": "1", "memory": 32}]}}
add("cpu.numa_cell[].distances[].value", 20, 30, CPU + "/numa/cell/distances/sibling.*", FAR, unset=True)

# -- features, clock ---------------------------------------------------------------------------------------------------

FEATURE = D + "/features"
many("features", FEATURE, {}, [
    ("pae", True, False, "/pae/?"), ("hap", True, False, "/hap(@.*|/)?"), ("kvm_hidden", True, False, "/kvm/hidden@.*"),
    ("vmport", True, False, "/vmport@.*"), ("smm", True, False, "/smm@.*"), ("pmu", True, False, "/pmu@.*"),
    ("vmcoreinfo", True, False, "/vmcoreinfo@.*"), ("ioapic", "qemu", "kvm", "/ioapic@.*"), ("acpi", True, False, "/acpi/?"),
    ("apic", True, False, "/apic/?"), ("hyperv", {"relaxed": "on"}, {"relaxed": "on", "vapic": "off"}, "/hyperv.*")])
many("clock", D + "/clock", {}, [("offset", "utc", "localtime", "@offset=.*")])
add("clock.timezone", "Europe/Berlin", "Europe/Paris", D + "/clock@timezone=.*", {"clock": {"offset": "timezone"}})
add("clock.adjustment", "10", "20", D + "/clock@adjustment=.*", {"clock": {"offset": "variable"}})
add("clock.basis", "utc", "localtime", D + "/clock@basis=.*", {"clock": {"offset": "variable", "adjustment": "10"}})
TIMER = {"clock": {"offset": "utc", "timers": [{"name": "rtc", "tickpolicy": "delay"}]}}
many("clock.timers[]", D + "/clock/timer", TIMER, [("name", "rtc", "pit", "(@.*|/)?"), ("tickpolicy", "delay", "catchup", "@tickpolicy=.*"),
     ("track", "guest", "wall", "@track=.*"), ("present", True, False, "@present=.*")])
many("clock.timers[]", D + "/clock/timer", {"clock": {"offset": "utc", "timers": [{"name": "tsc"}]}}, [
    ("frequency", 1000, 2000, "@frequency=.*"), ("mode", "native", "emulate", "@mode=.*")])
many("pm", D + "/pm", {}, [("suspend_to_mem", True, False, "/suspend-to-mem@.*"), ("suspend_to_disk", True, False, "/suspend-to-disk@.*")])
LABEL = {"seclabel": [{"type": "static", "model": "dac", "relabel": False, "label": "0:0"}]}
many("seclabel[]", D + "/seclabel", LABEL, [("relabel", False, True, "@relabel=.*"), ("label", "0:0", "1:1", "/label=.*"),
     ("type", "static", "none", "(@.*|/.*)?")])
CASES[-1].extra = ({"seclabel": [{"type": "none", "model": "dac"}]},)
add("seclabel[].model", "dac", "apparmor", D + "/seclabel.*", {"seclabel": [{"type": "none"}]})
add("seclabel[].baselabel", "0:0", "1:1", D + "/seclabel/baselabel=.*", {"seclabel": [{"type": "dynamic", "model": "dac", "relabel": True}]})

# -- devices ---------------------------------------------------------------------------------------------------------

OWN = "|/domain/devices/(controller|video|input|audio).*|.*/address.*"
add("tpm.model", "tpm-tis", "tpm-crb", V + "/tpm@model=.*", {"tpm": {"backend_type": "emulator", "backend_version": "2.0"}})
many("tpm", V + "/tpm", {"tpm": {"backend_type": "emulator", "backend_version": "2.0"}}, [
    ("backend_version", "2.0", "1.2", "/backend@version=.*"), ("backend_persistent_state", True, False, "/backend@persistent_state=.*"),
    ("backend_encryption_secret", "b2cc2e57-8f3c-4a4c-b8f4-000000000001", "b2cc2e57-8f3c-4a4c-b8f4-000000000002", "/backend/encryption@secret=.*")])
add("tpm.backend_type", "emulator", "passthrough", V + "/tpm/backend.*", {"tpm": {"model": "tpm-tis"}})
add("tpm.backend_device_path", "/dev/tpm0", "/dev/tpm1", V + "/tpm/backend/device@path=.*", {"tpm": {"backend_type": "passthrough"}})
VNC = {"graphics": [{"type": "vnc"}]}
many("graphics[]", V + "/graphics", VNC, [
    ("autoport", True, False, "@(autoport|port)=.*"), ("websocket", 5801, 5802, "@websocket=.*"), ("password", "one", "two", "@passwd=.*"),
    ("keymap", "de", "fr", "@keymap=.*"), ("share_policy", "ignore", "force-shared", "@sharePolicy=.*"),
    ("listen_address", "127.0.0.1", "127.0.0.2", "(@listen=.*|/listen@address=.*)")])
add("graphics[].port", 5901, 5902, V + "/graphics@port=.*", {"graphics": [{"type": "vnc", "autoport": False}]})
add("graphics[].password_valid_to", "2030-01-02T15:30:00", "2031-01-02T15:30:00", V + "/graphics@passwdValidTo=.*",
    {"graphics": [{"type": "vnc", "password": "x"}]})
add("graphics[].listen_type", "none", "address", V + "/graphics.*", {"graphics": [{"type": "vnc"}]})
add("graphics[].listen_network", "default", "other", V + "/graphics/listen@network=.*", {"graphics": [{"type": "vnc", "listen_type": "network"}]})
add("graphics[].listen_socket", "/run/a", "/run/b", V + "/graphics(@socket=.*|/listen@socket=.*)", {"graphics": [{"type": "vnc", "listen_type": "socket"}]})
add("graphics[].type", "vnc", "spice", V + "/(graphics|audio|channel).*", {})
SPICE = {"graphics": [{"type": "spice"}]}
many("graphics[]", V + "/graphics", SPICE, [
    ("gl", False, True, "/gl@enable=.*"), ("image_compression", "off", "glz", "/image@compression=.*"),
    ("clipboard", False, True, "/clipboard@copypaste=.*"), ("filetransfer", False, True, "/filetransfer@enable=.*")])
many("video[]", V + "/video/model", {**VNC, "video": [{"type": "qxl", "primary": True}]}, [
    ("ram", 65536, 131072, "@ram=.*"), ("vram", 32768, 65536, "@vram=.*"), ("vgamem", 16384, 32768, "@(vgamem|vram|ram)=.*"), ("heads", 1, 2, "@heads=.*"),
    ("type", "qxl", "vga", ".*")])
CASES[-1].extra = ({"video": [{"type": "vga"}]},)
add("video[].accel3d", True, False, V + "/video/model/acceleration.*", {**VNC, "video": [{"type": "virtio"}]})
add("sound[].model", "ich9", "ac97", V + "/(sound|audio).*|.*/address.*")
many("input[]", V + "/input", {"input": [{"type": "tablet", "bus": "virtio"}]}, [
    ("type", "tablet", "keyboard", "@type=.*"), ("bus", "virtio", "usb", "@bus=.*|.*/address.*|/domain/devices/controller.*")])
add("input[].model", "virtio", None, V + "/input@model=.*" + OWN, {"input": [{"type": "tablet", "bus": "virtio"}]})
add("input[].source_evdev", "/dev/input/event1", "/dev/input/event2", V + "/input/source@evdev=.*", {"input": [{"type": "passthrough", "bus": "virtio"}]})
add("input[].source_dev", "/dev/input/event1", "/dev/input/event2", V + "/input/source@dev=.*", {"input": [{"type": "evdev"}]})
many("watchdog", V + "/watchdog", {"watchdog": {"model": "i6300esb"}}, [
    ("action", "reset", "poweroff", "@action=.*"), ("model", "i6300esb", "ib700", "@model=.*|.*/address.*")])
RNG = {"rng": [{"model": "virtio", "backend_model": "random", "source": "/dev/urandom"}]}
many("rng[]", V + "/rng", RNG, [
    ("model", "virtio", "virtio-non-transitional", "@model=.*" + OWN), ("source", "/dev/urandom", "/dev/random", "/backend=.*"),
    ("rate_bytes", 100, 200, "/rate@bytes=.*")])
add("rng[].backend_model", "builtin", "random", V + "/rng/backend.*", {"rng": [{"model": "virtio"}]},
    extra=({"rng": [{"model": "virtio", "backend_model": "random", "source": "/dev/urandom"}]},))
add("rng[].rate_period", 1000, 2000, V + "/rng/rate@period=.*", {"rng": [{**RNG["rng"][0], "rate_bytes": 10}]})
many("vsock", V + "/vsock", {"vsock": {"model": "virtio", "cid": 3}}, [
    ("cid", 4, 5, "/cid@address=.*"), ("model", "virtio", "virtio-non-transitional", "@model=.*" + OWN)])
add("vsock.cid_auto", True, False, V + "/vsock/cid.*", {"vsock": {"model": "virtio"}}, extra=({"vsock": {"model": "virtio", "cid_auto": False, "cid": 9}},))
SOCKET = {"type": "tcp", "source_mode": "bind", "source_host": "127.0.0.1", "source_service": "4000", "protocol": "raw"}
for kind, element, more in (("serial", "(serial|console)", {}), ("parallel", "parallel", {}), ("consoles", "console", {"target_type": "virtio"}),
                            ("channel", "channel", {"target_type": "virtio", "target_name": "org.x"})):
    base = {kind: [{**SOCKET, **more}]}
    where = V + "/" + element
    where = V + "/console/target@port=.*|" + where if kind == "consoles" else where # libvirt numbers consoles
    many(kind + "[]", where, base, [
        ("source_host", "127.0.0.1", "127.0.0.2", "/source@host=.*"), ("source_service", "4000", "4001", "/source@service=.*"),
        ("source_mode", "bind", "connect", "/source@mode=.*"), ("protocol", "raw", "telnet", "/protocol@type=.*"),
        ("log_file", "/var/log/a", "/var/log/b", "/log@file=.*")])
    add(kind + "[].log_append", False, True, where + "/log@append=.*", {kind: [{"type": "pty", **more, "log_file": "/var/log/a"}]},
        unset=kind == "serial")  # imported as console
    add(kind + "[].source_path", "/srv/a", "/srv/b", where + "/source@path=.*", {kind: [{"type": "file", **more}]})
    add(kind + "[].type", "pty", "null", where + ".*", {kind: [more] if more else [{}]})
add("serial[].target_type", "isa-serial", "pci-serial", V + "/(serial|console).*" + OWN, {"serial": [{"type": "pty"}]})
add("serial[].target_port", 0, 1, V + "/(serial|console)/target@port=.*", {"serial": [{"type": "pty"}]})
add("parallel[].target_port", 0, 1, V + "/parallel/target@port=.*", {"parallel": [{"type": "pty"}]})
add("channel[].target_name", "org.a", "org.b", V + "/channel.*", {"channel": [{"type": "unix", "target_type": "virtio"}]})
GUEST = {"channel": [{"type": "tcp", "source_mode": "connect", "source_host": "127.0.0.1", "source_service": "1", "target_type": "guestfwd", "target_address": "10.0.2.1", "target_port": 4600}]}
many("channel[]", V + "/channel/target", GUEST, [("target_address", "10.0.2.1", "10.0.2.3", "@address=.*"), ("target_port", 4600, 4700, "@port=.*")])
add("channel[].target_type", "virtio", "guestfwd", V + "/channel.*" + OWN, {"channel": [{"type": "pty", "target_name": "org.x"}]}, extra=(GUEST,))
USB = {"redirdev": [{"bus": "usb", "type": "tcp", "source_mode": "connect", "source_host": "127.0.0.1", "source_service": "4000"}]}
many("redirdev[]", V + "/redirdev", USB, [("source_host", "127.0.0.1", "127.0.0.2", "/source@host=.*"), ("source_service", "1", "2", "/source@service=.*"),
     ("source_mode", "connect", "bind", "/source@mode=.*")])
add("redirdev[].source_path", "/srv/a", "/srv/b", V + "/redirdev/source@path=.*", {"redirdev": [{"bus": "usb", "type": "unix", "source_mode": "bind"}]})
add("redirdev[].type", "spicevmc", "tcp", V + "/redirdev.*", {**SPICE, "redirdev": [{"bus": "usb"}]}, extra=({**SPICE, **USB},))
add("panic[].model", "isa", "hyperv", V + "/panic.*" + OWN)
SHMEM = {"shmem": [{"name": "x", "model": "ivshmem-plain", "size": 4}]}
many("shmem[]", V + "/shmem", SHMEM, [("name", "a", "b", "@name=.*"), ("role", "master", "peer", "@role=.*")])
add("shmem[].size", 4, 8, V + "/shmem/size=.*", {"shmem": [{"name": "x", "model": "ivshmem-plain"}]})
add("shmem[].model", "ivshmem-plain", "ivshmem-doorbell", V + "/shmem.*", {"shmem": [{"name": "x"}]}, extra=({"shmem": [{"name": "x", "model": "ivshmem-doorbell", "server": "/run/x"}]},))
add("shmem[].server", "/run/a", "/run/b", V + "/shmem/server@path=.*", {"shmem": [{"name": "x", "model": "ivshmem-doorbell"}]})
many("iommu", V + "/iommu", {"features": {"ioapic": "qemu"}, "iommu": {"model": "intel"}}, [
    ("intremap", True, False, "/driver@intremap=.*"), ("caching_mode", True, False, "/driver@caching_mode=.*"), ("iotlb", True, False, "/driver@iotlb=.*"),
    ("model", "intel", "virtio", ".*|.*/address.*")])
PCI = {"hostdev": [{"type": "pci", "managed": True, "address": {"domain": 0, "bus": 1, "slot": 2, "function": 0}}]}
H = V + "/hostdev"
many("hostdev[]", H, PCI, [("managed", True, False, "@managed=.*"), ("driver", "vfio", None, "/driver.*"), ("boot_order", 1, 2, "/boot@order=.*"),
     ("rom_bar", False, True, "/rom@bar=.*"), ("rom_file", "/srv/a", "/srv/b", "/rom@file=.*")])
many("hostdev[].address", H + "/source/address", PCI, [("domain", 0, 1, "@domain=.*"), ("bus", 1, 2, "@bus=.*"), ("slot", 2, 3, "@slot=.*"),
     ("function", 0, 1, "@function=.*")])
UUID = "c2cc2e57-8f3c-4a4c-b8f4-00000000000%d"
MDEV = {"hostdev": [{"type": "mdev", "model": "vfio-pci", "address": {"uuid": UUID % 1}}]}
add("hostdev[].address.uuid", UUID % 1, UUID % 2, H + "/source/address@uuid=.*", MDEV)
USB = {"hostdev": [{"type": "usb", "vendor": "0x1234", "product": "0xbeef"}]}
many("hostdev[]", H, USB, [("vendor", "0x1234", "0x1235", "/source/vendor@id=.*"), ("product", "0xbeef", "0xbeee", "/source/product@id=.*")])
add("hostdev[].address.device", 3, 4, H + "/source/address@device=.*", {"hostdev": [{"type": "usb", "address": {"bus": 1}}]})
SCSI = {"hostdev": [{"type": "scsi", "adapter": "scsi_host0", "address": {"bus": 0, "target": 0, "unit": 1}}]}
add("hostdev[].adapter", "scsi_host0", "scsi_host1", H + "/source/adapter@name=.*", SCSI)
many("hostdev[].address", H + "/source/address", SCSI, [("target", 0, 1, "@target=.*"), ("unit", 1, 2, "@unit=.*")])
add("hostdev[].type", "usb", "mdev", H + ".*" + OWN, USB, extra=(MDEV,))
FS = {"memory_backing": {"source": "memfd", "access": "shared"}, "filesystem": [{"source": "/srv", "target": "a"}]}
F = V + "/filesystem"
many("filesystem[]", F, FS, [("source", "/srv/a", "/srv/b", "/source@dir=.*"), ("readonly", True, False, "/readonly/?"),
     ("accessmode", "mapped", "squash", "@accessmode=.*"),  ("multidevs", "remap", "warn", "@multidevs=.*"),
     ("fmode", "0600", "0644", "@fmode=.*"), ("dmode", "0700", "0755", "@dmode=.*"), ("target", "a", "b", "/target@dir=.*|.*/address.*|" + F + ".*")])
add("filesystem[].wrpolicy", "immediate", None, F + "/driver@wrpolicy=.*", {**FS, "filesystem": [{"source": "/srv", "target": "a", "driver": "path"}]})
add("filesystem[].driver", "path", "virtiofs", F + ".*" + OWN, {**FS, "filesystem": [{"source": "/srv", "target": "a", "accessmode": "passthrough"}]})
VIRTIOFS = {**FS, "filesystem": [{"source": "/srv", "target": "a", "accessmode": "passthrough", "driver": "virtiofs"}]}
many("filesystem[]", F, VIRTIOFS, [("queue", 512, 1024, "/driver@queue=.*"), ("binary", "/usr/lib/a", "/usr/lib/b", "/binary@path=.*"),
     ("cache", "none", "always", "/binary/cache@mode=.*")])

add("xml_merge", [{"path": "features", "xml": "<vmport state='off'/>"}], [{"path": "features", "xml": "<vmport state='on'/>"}], FEATURE + "/vmport@state=.*", unset=True)
add("xml_merge", [{"path": "devices", "xml": "<input type='tablet' bus='virtio'/>", "mode": "append"}], [{"path": "devices", "xml": "<rng model='virtio'><backend model='builtin'/></rng>", "mode": "append"}],
    V + "/(input|rng).*", unset=True)
add("xml_merge", [{"path": "devices", "xml": "<rng model='virtio'><backend model='builtin'/></rng>"}], [{"path": "devices", "xml": "<rng model='virtio'/>", "mode": "remove"}],
    V + "/rng.*", unset=True)

# -- disks -------------------------------------------------------------------------------------------------------------

K = V + "/disk"
DISK = {"disk": [{"file": "/srv/a.raw", "format": "raw", "target": "vda"}]}
many("disk[]", K, DISK, [
    ("cache", "none", "unsafe", "/driver@cache=.*"), ("discard", "ignore", "unmap", "/driver@discard=.*"),
    ("detect_zeroes", "on", "unmap", "/driver@detect_zeroes=.*"), ("copy_on_read", True, False, "/driver@copy_on_read=.*"),
    ("error_policy", "stop", "report", "/driver@error_policy=.*"), ("rerror_policy", "stop", "report", "/driver@rerror_policy=.*"),
    ("queues", 2, 3, "/driver@queues=.*"), ("boot_order", 1, 2, "/boot@order=.*"), ("shareable", True, False, "/shareable/?"),
    ("snapshot", "no", "external", "@snapshot=.*"), ("readonly", True, False, "/readonly/?"), ("serial", "a", "b", "/serial=.*"),
    ("file", "/srv/a.raw", "/srv/b.raw", "/source@file=.*"), ("format", "raw", "qcow2", "/driver@type=.*"), ("target", "vda", "vdb", ".*")])
add("disk[].io", "threads", "io_uring", K + "/driver@io=.*", DISK)
add("disk[].iothread", 1, 2, K + "/driver@iothread=.*", {**DISK, "iothreads": 2})
many("disk[].block_size", K + "/blockio", DISK, [("logical", 512, 4096, "@logical_block_size=.*"), ("physical", 512, 4096, "@physical_block_size=.*")])
for name in ("total_bytes_sec", "read_bytes_sec", "write_bytes_sec", "total_iops_sec", "read_iops_sec", "write_iops_sec"):
    add("disk[].iotune." + name, 10000, 20000, K + "/iotune/%s=.*" % name, DISK)
    add("disk[].iotune." + name + "_max", 20000, 30000, K + "/iotune/%s_max=.*" % name, {"disk": [{**DISK["disk"][0], "iotune": {name: 10000}}]})
LIMITED = {"disk": [{**DISK["disk"][0], "iotune": {"total_iops_sec": 10000}}]}
add("disk[].iotune.size_iops_sec", 4096, 8192, K + "/iotune/size_iops_sec=.*", LIMITED)
add("disk[].iotune.group_name", "a", "b", K + "/iotune/group_name=.*", LIMITED)
SCSIDISK = {"disk": [{"file": "/srv/a.raw", "format": "raw", "bus": "scsi", "target": "sda"}]}
many("disk[]", K, SCSIDISK, [("wwn", "5000c50015ea71aa", "5000c50015ea71ab", "/wwn=.*"), ("vendor", "A", "B", "/vendor=.*"),
     ("product", "A", "B", "/product=.*"), ("rotation_rate", 1, 7200, "/target@rotation_rate=.*"), ("bus", "scsi", "sata", ".*" + OWN)])
add("disk[].removable", True, False, K + "/target@removable=.*", {"disk": [{"file": "/srv/a.raw", "format": "raw", "bus": "usb", "target": "sda"}]})
add("disk[].startup_policy", "optional", "requisite", K + "/source@startupPolicy=.*", {"disk": [{"file": "/srv/a.iso", "format": "raw", "device": "cdrom", "target": "sda"}]})
add("disk[].device", "disk", "cdrom", K + ".*", {"disk": [{"file": "/srv/a.raw", "format": "raw", "bus": "sata", "target": "sda"}]})
add("disk[].block_device", "/dev/sdx", "/dev/sdy", K + "/source@dev=.*", {"disk": [{"format": "raw", "target": "vda"}]})
add("disk[].url", "http://127.0.0.1/a", "https://127.0.0.1:8443/b/c", K + "/source.*", {"disk": [{"format": "raw", "target": "vda", "readonly": True}]})

# -- interfaces --------------------------------------------------------------------------------------------------------

I = V + "/interface"
NIC = {"network_interface": [{"network": "lab", "mac": "52:54:00:00:00:01"}]}
many("network_interface[]", I, NIC, [
    ("mtu", 1400, 1300, "/mtu@size=.*"), ("queues", 2, 3, "/driver@queues=.*"), ("link", "down", "up", "/link@state=.*"),
    ("boot_order", 1, 2, "/boot@order=.*"), ("port_isolated", True, False, "/port@isolated=.*"), ("target_dev", "lab0", "lab1", "/target@dev=.*"),
    ("portgroup", "a", "b", "/source@portgroup=.*"), ("driver", "qemu", "vhost", "/driver@name=.*"), ("model", "e1000", "rtl8139", "/model@type=.*"),
    ("network", "lab", "other", "/source@network=.*"), ("mac", "52:54:00:00:00:01", "52:54:00:00:00:02", ".*")])
many("network_interface[].rom", I + "/rom", NIC, [("bar", False, True, "@bar=.*"), ("file", "/srv/a", "/srv/b", "@file=.*")])
for way in ("inbound", "outbound"):
    many("network_interface[].bandwidth." + way, I + "/bandwidth/" + way, {"network_interface": [{**NIC["network_interface"][0], "bandwidth": {way: {"average": 1000}}}]}, [
        ("average", 1000, 2000, "@average=.*"), ("peak", 5000, 6000, "@peak=.*"), ("burst", 5120, 6120, "@burst=.*")])
add("network_interface[].bandwidth.inbound.floor", 100, 200, I + "/bandwidth/inbound@floor=.*", {"network_interface": [{**NIC["network_interface"][0], "bandwidth": {"inbound": {"average": 1000}}}]})
many("network_interface[].vlan", I + "/vlan", {"network_interface": [{**NIC["network_interface"][0], "vlan": {"trunk": True, "tags": [{"id": 5}]}}]}, [
    ("trunk", True, False, "@trunk=.*"), ("tags[].id", 5, 6, "/tag@id=.*"), ("tags[].native_mode", "tagged", "untagged", "/tag@nativeMode=.*")])
PORT = {"network_interface": [{"bridge": "ovs0", "mac": "52:54:00:00:00:01", "virtualport": {"type": "openvswitch", "interface_id": UUID % 3}}]}
many("network_interface[].virtualport", I + "/virtualport", PORT, [
    ("interface_id", UUID % 1, UUID % 2, "/parameters@interfaceid=.*"), ("profile_id", "a", "b", "/parameters@profileid=.*"),
    ("type", "openvswitch", "midonet", "@type=.*")])
QBG = {"network_interface": [{"direct": {"dev": "eth7", "mode": "vepa"}, "mac": "52:54:00:00:00:01",
                              "virtualport": {"type": "802.1Qbg", "manager_id": 11, "type_id": 1193047, "type_id_version": 2, "instance_id": UUID % 5}}]}
many("network_interface[].virtualport", I + "/virtualport/parameters", QBG, [
    ("manager_id", 11, 12, "@managerid=.*"), ("type_id", 1193047, 1193048, "@typeid=.*"), ("type_id_version", 2, 3, "@typeidversion=.*"),
    ("instance_id", UUID % 1, UUID % 2, "@instanceid=.*")])
DIRECT = {"network_interface": [{"direct": {"dev": "eth7", "mode": "bridge"}, "mac": "52:54:00:00:00:01"}]}
many("network_interface[].direct", I + "/source", DIRECT, [("dev", "eth7", "eth8", "@dev=.*"), ("mode", "bridge", "passthrough", "@mode=.*"),
     ("mode", "private", "vepa", "@mode=.*")])
add("network_interface[].bridge", "br7", "br8", I + "/source@bridge=.*", {"network_interface": [{"mac": "52:54:00:00:00:01"}]})
VHOST = {**{"memory_backing": {"source": "memfd", "access": "shared"}}, "network_interface": [{"vhostuser": {"path": "/run/a", "mode": "server"}, "mac": "52:54:00:00:00:01"}]}
many("network_interface[].vhostuser", I + "/source", VHOST, [("path", "/run/a", "/run/b", "@path=.*"), ("mode", "server", "client", "@mode=.*")])
add("network_interface[].user", {}, None, I + ".*", {"network_interface": [{"mac": "52:54:00:00:00:01"}]}, extra=(NIC,))
FILTER = {"network_interface": [{**NIC["network_interface"][0], "filter": {"name": "no-spoofing", "parameters": {"IP": ["10.0.0.1"]}}}]}
many("network_interface[].filter", I + "/filterref", FILTER, [("name", "no-spoofing", "clean-traffic", "@filter=.*"),
     ("parameters", {"IP": ["10.0.0.1"]}, {"IP": ["10.0.0.2"]}, "/parameter.*")])
add("network_interface[].wait_for_ip", True, False, None, NIC)
add("network_interface[].addresses", ["10.0.0.1/24"], ["10.0.0.2/24"], None, NIC)

# -- containers ----------------------------------------------------------------------------------------------------------

many("", D, {}, [("init", "/bin/a", "/bin/b", "/os/init=.*"), ("init_args", ["a"], ["b", "c"], "/os/initarg.*")], driver="lxc")
many("features", FEATURE, {}, [("privnet", True, False, "(/privnet/?|/)?"), ("capabilities_policy", "allow", "deny", "/capabilities@policy=.*"),
     ("capabilities", {"mknod": "on"}, {"mknod": "off", "sys_time": "on"}, "/capabilities.*")], driver="lxc")
IDS = {"idmap": {"uid": [{"start": 0, "target": 1000, "size": 10}], "gid": [{"start": 0, "target": 1000, "size": 10}]}}
for name in ("uid", "gid"):
    many("idmap.%s[]" % name, D + "/idmap/" + name, IDS, [("target", 1000, 2000, "@target=.*"), ("size", 10, 20, "@count=.*")], driver="lxc")

# -- networks ------------------------------------------------------------------------------------------------------------

N = "/network"


def net(path, value, other, lines, base=None, number=[0], **more):
    number[0] += 1
    ips = [{"address": "10.%d.0.1/24" % number[0]}]
    CASES.append(Case("libvirt_network", path, value, other, lines, {"ips": ips, **(base or {})} if base is None or "mode" not in base else base, **more))


for name, value, other, lines in (
        ("mac", "52:54:00:11:00:01", "52:54:00:11:00:02", "/mac@address=.*"), ("delay", 1, 2, "/bridge@delay=.*"), ("zone", "a", "b", "/bridge@zone=.*"),
        ("ipv6", True, False, "@ipv6=.*"), ("trust_guest_rx_filters", True, False, "@trustGuestRxFilters=.*"), ("forward_dev", "eth7", "eth8", "/forward.*"),
        ("mtu", 1400, 1300, "/mtu@size=.*"), ("domain", "a.test", "b.test", "/domain@name=.*"), ("stp", False, True, "/bridge@stp=.*"),
        ("bridge", "loambr0", "loambr1", "/bridge@name=.*"), ("autostart", False, True, None), ("port_isolated", True, False, "/port.*"),
        ("dnsmasq_options", ["dhcp-authoritative"], ["log-dhcp"], "/options/option@value=.*")):
    net(name, value, other, N + lines if lines else None)
net("xml_merge", [{"path": ".", "xml": "<bridge macTableManager='libvirt'/>"}], [{"path": ".", "xml": "<bridge macTableManager='kernel'/>", "mode": "merge"}], N + "/bridge@macTableManager=.*", unset=True)
net("domain_local_only", True, False, N + "/domain@localOnly=.*", {"domain": "a.test"})
for name, value, other, lines in (("address_start", "10.0.0.1", "10.0.0.2", "/address@start=.*"), ("address_end", "10.0.0.8", "10.0.0.9", "/address@end=.*")):
    net("nat." + name, value, other, N + "/forward/nat" + lines, {"nat": {"address_start": "10.0.0.1", "address_end": "10.0.0.9"}})
for name, value, other in (("port_start", 1000, 1001), ("port_end", 2000, 2001)):
    net("nat." + name, value, other, N + "/forward/nat/port@.*", {"nat": {"port_start": 1000, "port_end": 2000}})
net("nat.ipv6", True, False, N + "/forward/nat@ipv6=.*")
ROUTE = {"routes": [{"family": "ipv4", "address": "192.168.7.0", "prefix": 24, "gateway": "10.200.0.9"}], "ips": [{"address": "10.200.0.1/24"}], "mode": "route"}
for name, value, other in (("address", "192.168.7.0", "192.168.8.0"), ("prefix", 24, 25), ("gateway", "10.200.0.9", "10.200.0.8"), ("metric", 2, 3)):
    net("routes[]." + name, value, other, N + "/route@.*", ROUTE)
for way in ("inbound", "outbound"):
    for name, value, other in (("average", 1000, 2000), ("peak", 5000, 6000), ("burst", 5120, 6120)):
        net("bandwidth.%s.%s" % (way, name), value, other, N + "/bandwidth/%s@%s=.*" % (way, name), {"bandwidth": {way: {"average": 1000}}})
OVS = {"mode": "bridge", "bridge": "ovs0", "virtualport": {"type": "openvswitch"}}
net("vlan.trunk", True, False, N + "/vlan@trunk=.*", {**OVS, "vlan": {"tags": [{"id": 5}]}})
net("vlan.tags[].id", 5, 6, N + "/vlan/tag@id=.*", OVS)
net("vlan.tags[].native_mode", "tagged", "untagged", N + "/vlan/tag@nativeMode=.*", {**OVS, "vlan": {"trunk": True, "tags": [{"id": 5}]}})
net("virtualport.type", "openvswitch", "midonet", N + "/virtualport.*", {**OVS, "virtualport": {"interface_id": UUID % 1}})
net("virtualport.interface_id", UUID % 1, UUID % 2, N + "/virtualport/parameters@interfaceid=.*", OVS)
net("virtualport.profile_id", "a", "b", N + "/virtualport/parameters@profileid=.*", OVS)
for name, value, other, place_ in (("manager_id", 11, 12, "managerid"), ("type_id", 5, 6, "typeid"), ("type_id_version", 1, 2, "typeidversion"),
                                   ("instance_id", UUID % 1, UUID % 2, "instanceid")):
    net("virtualport." + name, value, other, N + "/virtualport/parameters@%s=.*" % place_, {"mode": "vepa", "forward_interfaces": ["eth7"], "virtualport":
        {"type": "802.1Qbg", "manager_id": 11, "type_id": 1193047, "type_id_version": 2, "instance_id": UUID % 5}})
net("mode", "private", "vepa", N + "/forward@mode=.*", {"mode": "private", "forward_interfaces": ["eth7"]})
net("forward_interfaces", ["eth7"], ["eth8", "eth9"], N + "/forward.*", {"mode": "passthrough"})
net("forward_pf", "eth7", "eth8", N + "/forward/pf@dev=.*", {"mode": "hostdev"})
net("forward_managed", True, False, N + "/forward@managed=.*", {"mode": "hostdev", "forward_pf": "eth7"})
GROUPS = {**OVS, "portgroups": [{"name": "a", "vlan": {"tags": [{"id": 5}]}}]}
G = N + "/portgroup"
for name, value, other, lines in (("name", "a", "b", ".*"), ("default", True, False, "@default=.*"), ("trust_guest_rx_filters", True, False, "@trustGuestRxFilters=.*"),
                                  ("vlan.trunk", True, False, "/vlan@trunk=.*"), ("vlan.tags[].id", 5, 6, "/vlan/tag@id=.*"),
                                  ("virtualport.profile_id", "a", "b", "/virtualport/parameters@profileid=.*")):
    net("portgroups[]." + name, value, other, G + lines, {**GROUPS, "portgroups": [{"name": "a", "vlan": {"tags": [{"id": 5}]}, "virtualport": {"type": "openvswitch"}}]})
net("portgroups[].vlan.tags[].native_mode", "tagged", "untagged", G + "/vlan/tag@nativeMode=.*", {**OVS, "portgroups": [{"name": "a", "vlan": {"trunk": True, "tags": [{"id": 5}]}}]})
for way in ("inbound", "outbound"):
    for name, value, other in (("average", 1000, 2000), ("peak", 5000, 6000), ("burst", 5120, 6120)):
        net("portgroups[].bandwidth.%s.%s" % (way, name), value, other, G + "/bandwidth/%s@%s=.*" % (way, name), {"portgroups": [{"name": "a", "bandwidth": {way: {"average": 1000}}}]})
for name, value, other, lines in (
        ("enabled", False, True, "(@enable=.*|/)?"), ("forward_plain_names", False, True, "@forwardPlainNames=.*"), ("forwarders", ["1.1.1.1"], ["8.8.8.8", "9.9.9.9"], "/forwarder.*"),
        ("domain_forwarders[].domain", "a.test", "b.test", "/forwarder@domain=.*"), ("txts[].name", "a", "b", "/txt@name=.*"),
        ("hosts[].ip", "10.0.0.7", "10.0.0.8", "/host@ip=.*"), ("hosts[].hostnames", ["a"], ["b", "c"], "/host/hostname.*")):
    more = {"txts": [{"name": "a", "value": "x"}]} if name[0] == "t" else {"hosts": [{"ip": "10.0.0.7", "hostnames": ["a"]}]} if name[0] == "h" else {}
    net("dns." + name, value, other, N + "/dns" + lines, {"dns": more} if more else None, unset=name == "enabled")
net("dns.domain_forwarders[].addr", "1.1.1.1", "1.1.1.2", N + "/dns/forwarder@addr=.*", {"dns": {"domain_forwarders": [{"domain": "a.test"}]}})
net("dns.txts[].value", "a", "b", N + "/dns/txt@value=.*", {"dns": {"txts": [{"name": "a"}]}})
SRV = {"dns": {"srvs": [{"service": "a", "protocol": "tcp", "domain": "x", "target": "y", "port": 1, "priority": 1, "weight": 1}]}}
for name, value, other in (("service", "a", "b"), ("protocol", "tcp", "udp"), ("domain", "a", "b"), ("target", "a", "b"), ("port", 1, 2), ("priority", 1, 2), ("weight", 1, 2)):
    net("dns.srvs[]." + name, value, other, N + "/dns/srv@%s=.*" % name, SRV)
SIX = {"ips": [{"address": "10.201.0.1/24"}, {"address": "fd00::1/64"}]}
net("ips", SIX["ips"], [{"address": "10.201.0.1/24"}, {"address": "fd00:1::1/64"}], N + "/ip@address=.*", unset=True)
BOOT = {"ips": [{"address": "10.202.0.1/24", "dhcp": {"ranges": [{"start": "10.202.0.10", "end": "10.202.0.20"}], "hosts": [{"mac": "52:54:00:11:00:09", "ip": "10.202.0.7", "name": "a"}]}}]}
for name, value, other, lines in (("tftp_root", "/srv/a", "/srv/b", "/tftp@root=.*"), ("local_ptr", True, False, "@localPtr=.*"),
                                  ("dhcp.bootp.file", "a", "b", "/dhcp/bootp@file=.*"), ("dhcp.ranges[].start", "10.202.0.10", "10.202.0.11", "/dhcp/range@start=.*"),
                                  ("dhcp.ranges[].end", "10.202.0.20", "10.202.0.21", "/dhcp/range@end=.*"), ("dhcp.hosts[].ip", "10.202.0.7", "10.202.0.8", "/dhcp/host@ip=.*"),
                                  ("dhcp.hosts[].name", "a", "b", "/dhcp/host@name=.*"), ("dhcp.hosts[].mac", "52:54:00:11:00:09", "52:54:00:11:00:0a", "/dhcp/host@mac=.*")):
    net("ips[]." + name, value, other, N + "/ip" + lines, {**BOOT, **({"domain": "a.test", "domain_local_only": True} if name == "local_ptr" else {})})
net("ips[].dhcp.bootp.server", "10.0.0.1", "10.0.0.2", N + "/ip/dhcp/bootp@server=.*", {"ips": [{"address": "10.203.0.1/24", "dhcp": {"ranges": [{"start": "10.203.0.10", "end": "10.203.0.20"}], "bootp": {"file": "x"}}}]})

# -- pools: their servers and devices do not exist, so they are defined, not started ---------------------------------------

P = "/pool"


def pool(path, value, other, lines, base, number=[0], **more):
    number[0] += 1
    CASES.append(Case("libvirt_pool", path, value, other, lines + "|/pool/uuid=.*" if lines else None, {name: value for name, value in {"path": "/srv/pool%d" % number[0], **base}.items() if value is not None}, **more))


for kind, source in (
        ("fs", {"devices": ["/dev/sdx"], "format": "ext4"}), ("netfs", {"hosts": [{"name": "n"}], "dir": "/x", "format": "nfs"}),
        ("logical", {"name": "vgx", "format": "lvm2"}), ("disk", {"devices": ["/dev/sdx"], "format": "gpt"}), ("zfs", {"name": "tank/x"}),
        ("iscsi", {"hosts": [{"name": "n"}], "devices": ["iqn.2026-01.test:x"]}), ("rbd", {"hosts": [{"name": "n"}], "name": "rbdx"}),
        ("gluster", {"hosts": [{"name": "n"}], "name": "volx", "dir": "/"}), ("mpath", None),
        ("scsi", {"adapter": {"type": "scsi_host", "name": "scsi_host7"}}), ("iscsi-direct", {"hosts": [{"name": "n"}], "devices": ["iqn.2026-01.test:y"], "initiator": "iqn.2026-01.test:i"})):
    where = {"type": kind, **({"source": source} if source else {})}
    if kind in ("rbd", "gluster", "iscsi-direct", "logical", "zfs"):
        where["path"] = None
    if kind == "fs":
        source["devices"] = ["/dev/sdw"]
    pool("autostart", False, True, None, where)
NETFS = {"type": "netfs", "source": {"hosts": [{"name": "n1"}], "dir": "/a", "format": "nfs"}}
for name, value, other, lines in (("hosts[].name", "n2", "n3", "/host@name=.*"), ("dir", "/b", "/c", "/dir@path=.*"), ("format", "nfs", "glusterfs", "/format@type=.*"),
                                  ("protocol_version", "3", "4", "/protocol@ver=.*")):
    pool("source." + name, value, other, P + "/source" + lines, {**NETFS, "source": {**NETFS["source"], "dir": "/" + name}})
pool("source.devices", ["/dev/sdy"], ["/dev/sdz"], P + "/source/device@path=.*", {"type": "fs", "source": {"format": "ext4"}})
pool("source.name", "vg1", "vg2", P + "/(source/name|target/path)=.*", {"type": "logical", "path": None, "source": {"format": "lvm2"}})
RBD = {"type": "rbd", "path": None, "source": {"name": "rbd1", "hosts": [{"name": "r1", "port": 1}], "auth": {"type": "ceph", "username": "a", "secret_uuid": UUID % 1}}}
for name, value, other, lines in (("hosts[].port", 1, 2, "/host@port=.*"), ("auth.username", "a", "b", "/auth@username=.*"), ("auth.secret_uuid", UUID % 1, UUID % 2, "/auth/secret@uuid=.*")):
    pool("source." + name, value, other, P + "/source" + lines, {**RBD, "source": {**RBD["source"], "name": "rbd-" + name}})
pool("source.auth.secret_usage", "a", "b", P + "/source/auth/secret@usage=.*", {"type": "rbd", "path": None, "source": {"name": "rbd9", "hosts": [{"name": "r1"}], "auth": {"type": "ceph", "username": "a"}}})
pool("source.initiator", "iqn.2026-01.test:i", "iqn.2026-01.test:j", P + "/source/initiator/iqn@name=.*",
     {"type": "iscsi-direct", "path": None, "source": {"hosts": [{"name": "i9"}], "devices": ["iqn.2026-01.test:z"]}})
pool("source.adapter.name", "scsi_host8", "scsi_host9", P + "/source/adapter@name=.*", {"type": "scsi", "source": {"adapter": {"type": "scsi_host"}}})
FC = {"type": "scsi", "source": {"adapter": {"type": "fc_host", "parent": "scsi_host5", "wwnn": "20000000c9831b4b", "wwpn": "10000000c9831b4b"}}}
for name, value, other in (("parent", "scsi_host5", "scsi_host6"), ("wwnn", "20000000c9831b4c", "20000000c9831b4d"), ("wwpn", "10000000c9831b4e", "10000000c9831b4f")):
    pool("source.adapter." + name, value, other, P + "/source/adapter@%s=.*" % name, {**FC, "source": {"adapter": {**FC["source"]["adapter"], "wwpn": "10000000c9831b%02x" % len(CASES) if len(CASES) < 256 else "10000000c98%05x" % len(CASES)}}})
for name, value, other in (("mode", "0711", "0755"), ("owner", 7, 8), ("group", 7, 8), ("label", "a", "b")):
    pool("permissions." + name, value, other, P + "/target/permissions.*", {})
pool("mount_options", ["ro"], ["ro", "sync"], P + "/mount_opts/option.*", {**NETFS, "source": {**NETFS["source"], "dir": "/m"}})
pool("cow", True, False, P + "/features/cow@state=.*", {})
pool("build", "never", "auto", None, {})
pool("on_delete", "delete_empty", "undefine", None, {})
pool("path", "/srv/p1", "/srv/p2", P + "/target/path=.*", {})

# -- filters ------------------------------------------------------------------------------------------------------------

R = "/filter/rule"


def rule(attribute, value, other, lines, protocol, **more):
    name = "rules[]." + attribute
    base = {"rules": [{"action": "accept", "direction": "in", "protocol": protocol, **more}]}
    CASES.append(Case("libvirt_nwfilter", name, value, other, R + lines, base))


for name, value, other, lines in (
        ("chain", "ipv4", "arp", "@(chain|priority)=.*"), ("priority", -500, 300, "@priority=.*")):
    CASES.append(Case("libvirt_nwfilter", name, value, other, "/filter" + lines, {"chain": "ipv4"}))
for name, value, other in (("filter", "no-mac-spoofing", "no-ip-spoofing"), ("parameters", {"IP": ["10.0.0.1"]}, {"IP": ["10.0.0.2", "10.0.0.3"]})):
    CASES.append(Case("libvirt_nwfilter", "filterrefs[]." + name, value, other, "/filter/filterref.*", {"filterrefs": [{"filter": "no-ip-spoofing"}]}))
for name, value, other in (("action", "accept", "drop"), ("direction", "in", "inout"), ("priority", 100, 200), ("statematch", True, False)):
    rule(name, value, other, "@%s=.*" % name, "tcp", dstportstart="22")
CASES[-1].value, CASES[-1].other, CASES[-1].unset = True, False, False  # libvirt stores statematch='false'
rule("protocol", "tcp", "udp", "/(tcp|udp).*", "tcp", dstportstart="22")
rule("match", True, False, "/tcp@match=.*", "tcp", srcipaddr="10.0.0.1")
CASES[-1].value, CASES[-1].other = True, False  # libvirt stores match='no'
for name, value, other, protocol, more in (
        ("srcmacaddr", "52:54:00:00:00:01", "52:54:00:00:00:02", "mac", {}), ("dstmacaddr", "52:54:00:00:00:01", "52:54:00:00:00:02", "mac", {}),
        ("srcmacmask", "ff:ff:ff:00:00:00", "ff:ff:00:00:00:00", "mac", {"srcmacaddr": "52:54:00:00:00:00"}),
        ("dstmacmask", "ff:ff:ff:00:00:00", "ff:ff:00:00:00:00", "mac", {"dstmacaddr": "52:54:00:00:00:00"}),
        ("protocolid", "arp", "ipv4", "mac", {}), ("comment", "a", "b & c", "mac", {}),
        ("srcipaddr", "10.0.0.1", "10.0.0.2", "ip", {}), ("dstipaddr", "10.0.0.1", "10.0.0.2", "ip", {}),
        ("srcipmask", "24", "16", "ip", {"srcipaddr": "10.0.0.0"}), ("dstipmask", "24", "16", "ip", {"dstipaddr": "10.0.0.0"}),
        ("ip_protocol", "tcp", "udp", "ip", {}),
        ("srcipfrom", "10.0.0.1", "10.0.0.2", "tcp", {"srcipto": "10.0.0.9"}), ("srcipto", "10.0.0.8", "10.0.0.9", "tcp", {"srcipfrom": "10.0.0.1"}),
        ("dstipfrom", "10.0.0.1", "10.0.0.2", "tcp", {"dstipto": "10.0.0.9"}), ("dstipto", "10.0.0.8", "10.0.0.9", "tcp", {"dstipfrom": "10.0.0.1"}),
        ("srcportstart", "22", "23", "tcp", {}), ("srcportend", "30", "31", "tcp", {"srcportstart": "22"}),
        ("dstportstart", "22", "23", "tcp", {}), ("dstportend", "30", "31", "tcp", {"dstportstart": "22"}),
        ("state", "NEW", "NEW,ESTABLISHED", "tcp", {}), ("connlimit_above", "4", "5", "tcp", {}),
        ("type", "8", "0", "icmp", {}), ("code", "1", "2", "icmp", {"type": "3"}),
        ("opcode", "Request", "Reply", "arp", {}), ("arpsrcmacaddr", "52:54:00:00:00:01", "52:54:00:00:00:02", "arp", {}),
        ("arpdstmacaddr", "52:54:00:00:00:01", "52:54:00:00:00:02", "arp", {}), ("arpsrcipaddr", "10.0.0.1", "10.0.0.2", "arp", {}),
        ("arpdstipaddr", "10.0.0.1", "10.0.0.2", "arp", {})):
    rule(name, value, other, "/%s@%s=.*" % (protocol, {"ip_protocol": "protocol", "connlimit_above": "connlimit-above"}.get(name, name)), protocol, **more)

# -- volumes: tests/lab/volumes reads the settings with qemu-img ---------------------------------------------------------

L = "/volume"


def volume(path, value, other, lines, base=None, **more):
    """A replaced volume has other times and blocks."""
    lines = L + "(%s|/physical=.*|/allocation=.*|/target/timestamps.*)" % lines
    CASES.append(Case("libvirt_volume", path, value, other, lines, {"pool": "lab", "size": "1048576", **(base or {})}, **more))


BACKING = "/backingStore.*"
volume("size", "1048576", "2097152", "/capacity=.*")
volume("format", "raw", "qcow2", "/target/(format@type|compat|features|clusterSize).*")
volume("base.volume_id", "%(pools)s/lab/base", "%(pools)s/lab/other", BACKING, {"base": {"format": "raw"}}, unset=True)  # an import does not read the format
volume("base.path", "%(pools)s/lab/base", "%(pools)s/lab/other", BACKING, {"base": {"format": "raw"}}, unset=True)  # imported as volume_id
volume("base.format", "raw", "qcow2", BACKING, {"base": {"path": "%(pools)s/lab/packed"}}, unset=True)
volume("mode", "overlay", "copy", BACKING, {"base": {"path": "%(pools)s/lab/base", "format": "raw"}}, unset=True)  # libvirt does not store it
volume("preallocation", "off", "metadata", "", unset=True)  # libvirt does not store it
for name, value, other in (("mode", "0600", "0640"), ("owner", 7, 8), ("group", 7, 8)):
    volume("permissions." + name, value, other, "/target/permissions/%s=.*" % name)
volume("compat", "0.10", "1.1", "/target/(compat|features).*")
volume("cluster_size", 65536, 131072, "/target/clusterSize=.*")
volume("lazy_refcounts", True, False, "/target/features.*")

# -- secrets -------------------------------------------------------------------------------------------------------------

S = "/secret"
for name, value, other, lines in (("description", "a", "b", "/description=.*"), ("private", True, False, "@private=.*"), ("value", "a", "b", None),
                                  ("usage_type", "volume", "tls", "(/usage.*|/uuid=.*)")):
    CASES.append(Case("libvirt_secret", name, value, other, S + lines if lines else None, {"value": "x"}))

# -- entries of a network: each has a network of its own, which the test defines -----------------------------------------

for name, value, other, lines in (("ip", "10.99.0.5", "10.99.0.6", "@ip=.*"), ("mac", "52:54:00:12:00:01", "52:54:00:12:00:02", "@mac=.*"),
                                  ("name", "a", "b", "@name=.*")):
    base = {"mac": "52:54:00:12:00:09", "ip": "10.99.0.7"}
    CASES.append(Case("libvirt_dhcp_host", name, value, other, "/network/ip/dhcp/host" + lines, base, id="%(network_id)s/%(mac)s"))
for name, value, other, lines in (("ip", "10.99.0.5", "10.99.0.6", "@ip=.*"), ("hostnames", ["a"], ["b", "c"], "/hostname.*")):
    CASES.append(Case("libvirt_dns_host", name, value, other, "/network/dns/host" + lines, {"ip": "10.99.0.7", "hostnames": ["x"]}, id="%(network_id)s/%(ip)s"))

# -- snapshots of a machine that is off; tests/lab/guest has those of a running one --------------------------------------

CASES.append(Case("libvirt_snapshot", "description", "a", "b", "/domainsnapshot/(description|creationTime)=.*|/domainsnapshot/parent.*", {"domain_id": "off"}, id="off/%(name)s"))

# -- not run: why ----------------------------------------------------------------------------------------------------------

FORCES_NEW = "a change replaces the object; tests/lab/update"
ADOPTED = "decides about a creation alone; tests/lab/existing"
REASONS = {
    "libvirt_nwfilter": {
        "name": FORCES_NEW, "adopt_existing": ADOPTED,
        **{"rules[]." + name: "libvirt 9.0 omits it from the description of a new filter" for name in ("ipset", "ipsetflags")},
    },
    "libvirt_volume": {
        "name": FORCES_NEW, "pool": FORCES_NEW, "source.path": "tests/lab/import, with an image", "source.url": "tests/lab/volumes",
        "source.checksum": "tests/lab/volumes", "encryption.format": "libvirt creates one format", "encryption.secret": "tests/lab/volumes, with a secret",
        "nocow": "needs a directory on btrfs", "permissions.label": "needs a host with SELinux",
    },
    "libvirt_secret": {"name": FORCES_NEW, "ephemeral": FORCES_NEW},
    "libvirt_dhcp_host": {"network_id": FORCES_NEW},
    "libvirt_dns_host": {"network_id": FORCES_NEW},
    "libvirt_cloudinit_disk": {name: "tests/lab/drift: its content is compared, and cannot be imported" for name in (
        "name", "pool", "kind", "user_data", "vendor_data", "meta_data", "network_config")},
    "libvirt_snapshot": {
        "name": FORCES_NEW, "domain_id": FORCES_NEW, "disk_only": "needs a running machine", "quiesce": "needs an agent in the guest",
    },
    "libvirt_checkpoint": {name: "tests/lab/guest, on a running machine" for name in ("domain_id", "name", "description")},
    "libvirt_network": {
        "name": FORCES_NEW, "running": "tests/lab/update", "adopt_existing": ADOPTED,
        **{"forward_addresses[]." + name: "the host needs a virtual function" for name in ("domain", "bus", "slot", "function")},
        "routes[].family": "belongs to the address", "bandwidth.inbound.floor": "a network has none",
        "portgroups[].bandwidth.inbound.floor": "a port group has none",
        **{"portgroups[].virtualport." + name: "as of the network" for name in ("type", "interface_id", "manager_id", "type_id", "type_id_version", "instance_id")},
    },
    "libvirt_pool": {
        "name": FORCES_NEW, "type": FORCES_NEW, "running": "tests/lab/update", "adopt_existing": ADOPTED, "source.auth.type": "one for each kind of pool",
        "source.adapter.type": "one for each kind of adapter",
    },
    "libvirt_domain": {
        "adopt_existing": ADOPTED, "name": FORCES_NEW, "type": FORCES_NEW, "arch": FORCES_NEW, "machine": FORCES_NEW, "running": "tests/lab/update",
        "cloudinit": "tests/lab/import, with a volume", "disk[].volume_id": "tests/lab/import, with a volume",
        "network_interface[].network_id": "tests/lab/import, with a network", "redirdev[].bus": "has one value",
        "cpu.cache.level": "libvirt accepts 3 alone", "cpu.numa_cell[].id": "libvirt numbers cells from 0",
        "consoles[].target_type": "a machine of this kind has one", "hostdev[].model": "this QEMU has one",
        "cpu.numa_cell[].distances[].id": "libvirt adds the other distances", "video[].primary": "libvirt puts the primary card first",
        "graphics[].tls_port": "the lab's QEMU has no certificates",
        "idmap.uid[].start": "libvirt accepts 0 alone", "idmap.gid[].start": "libvirt accepts 0 alone",
        "network_interface[].user.backend": "libvirt 9.0 rejects passt at the definition",
        "network_interface[].user.log_file": "belongs to passt", "network_interface[].user.dev": "belongs to passt",
        "network_interface[].user.port_forwards[].proto": "belongs to passt", "network_interface[].user.port_forwards[].address": "belongs to passt",
        "network_interface[].user.port_forwards[].dev": "belongs to passt", "network_interface[].user.port_forwards[].ranges[].start": "belongs to passt",
        "network_interface[].user.port_forwards[].ranges[].end": "belongs to passt", "network_interface[].user.port_forwards[].ranges[].to": "belongs to passt",
    },
}
