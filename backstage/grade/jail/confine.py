"""Take rights from the calling process: namespaces, mounts, capabilities, limits, system calls. Linux only."""

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Sequence
from pathlib import Path

NEW_NAMESPACES = {"mount": 0x20000, "ipc": 0x8000000, "pid": 0x20000000, "net": 0x40000000, "uts": 0x4000000}
NEW_USER = 0x10000000
EVERY_NEW = 0x7E020080
NOSUID, NODEV, NOEXEC, PRIVATE = 2, 4, 8, 1 << 18
SET_DUMPABLE, SET_SECCOMP, DROP_BOUND, NO_NEW_PRIVS, AMBIENT = 4, 22, 24, 38, 47
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63
MEGABYTE = 2**20
SCRATCH_MEGABYTES, SHARED_MEGABYTES = 64, 16
PROCESSES = 48
DENIED, ALLOWED, NO_SUCH_CALL, KILLED = 0x50001, 0x7FFF0000, 0x50026, 0x80000000
FAMILIES = (1, 2, 10, 16)

# Numbers of system calls: (x86_64, aarch64). The second column is None where there is no such call.
FORBIDDEN = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "unshare": (272, 97), "setns": (308, 268),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "mount_setattr": (442, 442), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196), "mq_open": (240, 180),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "init_module": (175, 105),
    "finit_module": (313, 273), "kexec_load": (246, 104), "reboot": (169, 142), "modify_ldt": (154, None),
}  # fmt: skip
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE, CLONE3, MMAP, SOCKET = (56, 220), (435, 435), (9, 222), (41, 198)
SHARED_ANONYMOUS = 0x21

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library; raise OSError where it fails."""
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _prctl(option: int, *arguments: object) -> None:
    """Call prctl with whole numbers or pointers."""
    padded = [*arguments, *[0] * (4 - len(arguments))]
    _call("prctl", option, *[ctypes.c_ulong(one) if isinstance(one, int) else one for one in padded])


def set_dumpable(wanted: bool) -> None:
    """Choose whether others of the same user may look into this process."""
    _prctl(SET_DUMPABLE, int(wanted))


def enter_namespaces(own_user: bool) -> None:
    """Give this process's children namespaces of their own.

    own_user: also a user namespace, in which this process's user is number 1000, for those who are not root.
    """
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", sum(NEW_NAMESPACES.values()) | (NEW_USER if own_user else 0))
    if own_user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")
    _call("mount", None, b"/", None, ctypes.c_ulong(PRIVATE | 0x4000), None)


def mount_own(user: int, places: Sequence[str]) -> None:
    """Mount a /proc of this process's own and small empty folders, all of them gone when it ends.

    user: who owns the folders. places: where they are, /dev/shm included.
    """
    flags = ctypes.c_ulong(NOSUID | NODEV | NOEXEC)
    _call("mount", b"proc", b"/proc", b"proc", flags, None)
    for place in places:
        megabytes = SHARED_MEGABYTES if place == "/dev/shm" else SCRATCH_MEGABYTES
        options = f"size={megabytes}m,nr_inodes=4096,mode=700,uid={user},gid={user}"
        _call("mount", b"tmpfs", place.encode(), b"tmpfs", ctypes.c_ulong(NOSUID | NODEV), options.encode())


def become(user: int, own_user: bool) -> None:
    """Give up every capability, for good, and be this user from now on."""
    for capability in range(LAST_CAPABILITY):
        _libc.prctl(DROP_BOUND, ctypes.c_ulong(capability), 0, 0, 0)
    _prctl(AMBIENT, 4)
    if not own_user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = struct.pack("<Ii", CAPABILITY_VERSION, 0)
    _call("capset", header, bytes(24))
    _prctl(NO_NEW_PRIVS, 1)
    set_dumpable(True)


def limit_resources(megabytes: int) -> None:
    """Limit what this process and its children may take.

    megabytes: of memory that may be written, beyond what is inherited, for each process.
    """
    used = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmData:"))
    limits = {
        resource.RLIMIT_DATA: int(used.split()[1]) * 1024 + megabytes * MEGABYTE,
        resource.RLIMIT_NPROC: PROCESSES,
        resource.RLIMIT_FSIZE: SCRATCH_MEGABYTES * MEGABYTE,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


def filter_calls() -> bool:
    """Forbid system calls that no exercise needs; return whether that was done: this machine's may not be known here.

    Raises OSError where the kernel refuses.
    """
    if platform.machine() not in MACHINES:
        return False
    program = _filter(*MACHINES[platform.machine()])
    code = b"".join(struct.pack("<HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
    _prctl(SET_SECCOMP, 2, ctypes.c_char_p(head))
    return True


Step = tuple[int, int, int, int]


def _filter(column: int, machine: int) -> list[Step]:
    """Return the program that judges system calls, in the kernel's classic BPF."""
    load, equal, any_bit, at_least, mask, done = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
    deny, allow = (done, 0, 0, DENIED), (done, 0, 0, ALLOWED)
    program = [(load, 0, 0, 4), (equal, 1, 0, machine), (done, 0, 0, KILLED), (load, 0, 0, 0)]
    program += [(at_least, 0, 1, 0x40000000), deny, (equal, 0, 1, CLONE3[column]), (done, 0, 0, NO_SUCH_CALL)]
    for numbers in FORBIDDEN.values():
        if numbers[column] is not None:
            program += [(equal, 0, 1, numbers[column]), deny]
    # A call is judged by an argument: 16 is where the first one's lower half lies, 40 the fourth one's.
    program += [(equal, 0, 4, CLONE[column]), (load, 0, 0, 16), (any_bit, 0, 1, EVERY_NEW), deny, allow]
    anonymous = [(load, 0, 0, 40), (mask, 0, 0, SHARED_ANONYMOUS), (equal, 0, 1, SHARED_ANONYMOUS), deny, allow]
    program += [(equal, 0, len(anonymous), MMAP[column]), *anonymous]
    families = [(equal, len(FAMILIES) - place, 0, family) for place, family in enumerate(FAMILIES)]
    program += [(equal, 0, len(families) + 2, SOCKET[column]), (load, 0, 0, 16), *families, deny, allow]
    return program
