#!/bin/sh
# Builds a small file system of its own around a command, and gives up every right before it starts it. It runs in new
# namespaces (mounts, processes, and network or not) as their root, which NamespaceWall.ts has made.
#
#   wall.sh ROOT UID NETWORK (ro|rw SOURCE TARGET)... -- COMMAND ARG...
#
# ROOT is an empty folder, UID a user to become (or "same"), NETWORK "own" or "shared". Limits have been set before.
set -eu

root=$1 uid=$2 network=$3
shift 3

show() { # ro|rw SOURCE TARGET
  if [ -d "$2" ]; then mkdir -p "$root$3"; else
    mkdir -p "$root$(dirname "$3")"
    : >"$root$3"
  fi
  mount --bind "$2" "$root$3"
  mount -o "remount,bind,$1,nosuid,nodev" "$root$3"
}

mount -t tmpfs -o size=16m,mode=755,nosuid tmpfs "$root"

# The programs of this machine, to be read and run.
for dir in /usr /bin /sbin /lib /lib32 /lib64 /libx32; do
  if [ -L "$dir" ]; then
    ln -s "$(readlink "$dir")" "$root$dir"
  elif [ -d "$dir" ]; then show ro "$dir" "$dir"; fi
done
# Of its settings only what programs need to start; no accounts, no secrets.
mkdir -p "$root/etc"
for name in alternatives ca-certificates ca-certificates.conf ld.so.cache localtime mime.types nsswitch.conf \
  perl pki protocols python3 services ssl/certs ssl/openssl.cnf; do
  [ ! -e "/etc/$name" ] || show ro "$(readlink -f "/etc/$name")" "/etc/$name"
done
[ "$network" = own ] || [ ! -e /etc/resolv.conf ] || show ro "$(readlink -f /etc/resolv.conf)" /etc/resolv.conf
inside=$uid
[ "$uid" != same ] || inside=0
printf 'agent:x:%s:%s::/home/agent:/bin/sh\n' "$inside" "$inside" >"$root/etc/passwd"
printf 'agent:x:%s:\n' "$inside" >"$root/etc/group"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"

mkdir -p "$root/proc" "$root/dev/shm" "$root/tmp" "$root/var"
ln -s /tmp "$root/var/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o size=256m,mode=1777,nosuid,nodev tmpfs "$root/tmp"
mount -t tmpfs -o size=64m,mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"

while [ "$1" != -- ]; do
  show "$1" "$2" "$3"
  shift 3
done
shift

if [ "$network" = own ]; then
  ip link set lo up 2>/dev/null ||
    perl -e 'socket(S, 2, 2, 0) and ioctl(S, 0x8914, pack("a16s", "lo", 0x49)) or exit 1'
fi

cd "$root"
mkdir .before
pivot_root . .before
umount -l /.before
rmdir /.before
mount -o remount,bind,ro,nosuid /
cd /workspace

# The first process of the namespace stays, to bury orphans; with it everything in the namespace ends.
reaper='exec 3<&0; "$@" <&3 & wait $!'
if [ "$uid" = same ]; then
  exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all \
    --securebits=+noroot,+noroot_locked,+no_setuid_fixup,+no_setuid_fixup_locked sh -c "$reaper" sh "$@"
fi
# Becoming another user takes back that it dies with who started it.
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
  --pdeathsig KILL sh -c "$reaper" sh "$@"
