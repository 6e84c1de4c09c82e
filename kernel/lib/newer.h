/* SPDX-License-Identifier: MIT */
/*
 * What the UAPI headers of Linux 6.18 define and linux-libc-dev 6.1 does not
 * yet: numbers and layouts, as the man pages of the calls give them. The
 * programs of tests/user include this file too, so that Linux itself says
 * whether it is right.
 */
#ifndef WARREN_KERNEL_LIB_NEWER_H
#define WARREN_KERNEL_LIB_NEWER_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* openat(2) and friends: descriptors that mean something without being open */
#define PIDFD_SELF_THREAD (-10000)
#define PIDFD_SELF_THREAD_GROUP (-10001)
#define FD_NSFS_ROOT (-10003)
#define AT_HANDLE_MNT_ID_UNIQUE 0x001 /* name_to_handle_at(2) */
#define AT_HANDLE_CONNECTABLE 0x002
#define AT_HANDLE_FID 0x200

/* statx(2) */
#define STATX_MNT_ID_UNIQUE 0x4000u
#define STATX_SUBVOL 0x8000u

/* ioctl_nsfs(2) */
#define NS_GET_MNTNS_ID _IOR(0xb7, 0x5, __u64)
#define NS_GET_PID_FROM_PIDNS _IOR(0xb7, 0x6, int)
#define NS_GET_TGID_FROM_PIDNS _IOR(0xb7, 0x7, int)
#define NS_GET_PID_IN_PIDNS _IOR(0xb7, 0x8, int)
#define NS_GET_TGID_IN_PIDNS _IOR(0xb7, 0x9, int)
#define NS_GET_ID _IOR(0xb7, 0xd, __u64)

struct mnt_ns_info {
	__u32 size;
	__u32 nr_mounts;
	__u64 mnt_ns_id;
};
#define MNT_NS_INFO_SIZE_VER0 16
#define NS_MNT_GET_INFO _IOR(0xb7, 10, struct mnt_ns_info)
#define NS_MNT_GET_NEXT _IOR(0xb7, 11, struct mnt_ns_info)
#define NS_MNT_GET_PREV _IOR(0xb7, 12, struct mnt_ns_info)

struct nsfs_file_handle {
	__u64 ns_id;
	__u32 ns_type;
	__u32 ns_inum;
};
#define FILEID_NSFS 0xf1

/* pidfd_open(2), pidfd_send_signal(2) */
#define PIDFD_THREAD 0200 /* O_EXCL */
#define PIDFD_SIGNAL_THREAD 1
#define PIDFD_SIGNAL_THREAD_GROUP 2
#define PIDFD_SIGNAL_PROCESS_GROUP 4

#define PIDFD_GET_CGROUP_NAMESPACE _IO(0xff, 1)
#define PIDFD_GET_IPC_NAMESPACE _IO(0xff, 2)
#define PIDFD_GET_MNT_NAMESPACE _IO(0xff, 3)
#define PIDFD_GET_NET_NAMESPACE _IO(0xff, 4)
#define PIDFD_GET_PID_NAMESPACE _IO(0xff, 5)
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xff, 6)
#define PIDFD_GET_TIME_NAMESPACE _IO(0xff, 7)
#define PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE _IO(0xff, 8)
#define PIDFD_GET_USER_NAMESPACE _IO(0xff, 9)
#define PIDFD_GET_UTS_NAMESPACE _IO(0xff, 10)

#define PIDFD_INFO_PID 1
#define PIDFD_INFO_CREDS 2
#define PIDFD_INFO_CGROUPID 4
#define PIDFD_INFO_EXIT 8
#define PIDFD_INFO_COREDUMP 16
struct pidfd_info {
	__u64 mask;
	__u64 cgroupid;
	__u32 pid, tgid, ppid;
	__u32 ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	__s32 exit_code;
	__u32 coredump_mask, coredump_signal;
};
#define PIDFD_INFO_SIZE_VER0 64
#define PIDFD_GET_INFO _IOWR(0xff, 11, struct pidfd_info)

/* fsconfig(2), move_mount(2) */
#define FSCONFIG_CMD_CREATE_EXCL 8
#define MOVE_MOUNT_BENEATH 0x200

/* statmount(2), listmount(2) */
struct mnt_id_req {
	__u32 size;
	__u32 mnt_ns_fd;
	__u64 mnt_id;
	__u64 param;
	__u64 mnt_ns_id;
};
#define MNT_ID_REQ_SIZE_VER0 24
#define MNT_ID_REQ_SIZE_VER1 32
#define LSMT_ROOT 0xffffffffffffffffULL
#define LISTMOUNT_REVERSE 1

#define STATMOUNT_SB_BASIC 0x1
#define STATMOUNT_MNT_BASIC 0x2
#define STATMOUNT_PROPAGATE_FROM 0x4
#define STATMOUNT_MNT_ROOT 0x8
#define STATMOUNT_MNT_POINT 0x10
#define STATMOUNT_FS_TYPE 0x20
#define STATMOUNT_MNT_NS_ID 0x40
#define STATMOUNT_MNT_OPTS 0x80
#define STATMOUNT_FS_SUBTYPE 0x100
#define STATMOUNT_SB_SOURCE 0x200
#define STATMOUNT_OPT_ARRAY 0x400
#define STATMOUNT_OPT_SEC_ARRAY 0x800
#define STATMOUNT_SUPPORTED_MASK 0x1000
#define STATMOUNT_MNT_UIDMAP 0x2000
#define STATMOUNT_MNT_GIDMAP 0x4000

/* Offsets of strings count from .str. */
struct statmount {
	__u32 size; /* strings included */
	__u32 mnt_opts;
	__u64 mask;
	__u32 sb_dev_major, sb_dev_minor;
	__u64 sb_magic;
	__u32 sb_flags;
	__u32 fs_type;
	__u64 mnt_id, mnt_parent_id;
	__u32 mnt_id_old, mnt_parent_id_old;
	__u64 mnt_attr;
	__u64 mnt_propagation;
	__u64 mnt_peer_group;
	__u64 mnt_master;
	__u64 propagate_from;
	__u32 mnt_root;
	__u32 mnt_point;
	__u64 mnt_ns_id;
	__u32 fs_subtype;
	__u32 sb_source;
	__u32 opt_num, opt_array;
	__u32 opt_sec_num, opt_sec_array;
	__u64 supported_mask;
	__u32 mnt_uidmap_num, mnt_uidmap;
	__u32 mnt_gidmap_num, mnt_gidmap;
	__u64 spare[43];
	char str[];
};

#endif
