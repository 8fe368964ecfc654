// SPDX-License-Identifier: Apache-2.0
/**
 * Tasks by their bundles: what is on disk is all the state there is, so a new version or a
 * restarted daemon sees the same tasks at once.
 *
 * <pre>
 * state/‹namespace›/‹id›/        a bundle; 0700, or 0710 and the remapped group in a user namespace
 * ├── config.json                OCI runtime specification, as in the container's record
 * ├── rootfs/                    where the runtime mounts the root filesystem
 * ├── work                       link to root/‹namespace›/‹id›/
 * ├── runtime-name               which runtime has the task
 * └── busy                       only while a daemon creates or deletes the task: what, which, since when
 * state/‹namespace›/.‹id›.‹…›/   a bundle half made or half removed
 * root/‹namespace›/‹id›/         files of the runtime that outlive a reboot
 * </pre>
 */
@NullMarked
package gantry.plugins.tasks;

import org.jspecify.annotations.NullMarked;
