// SPDX-License-Identifier: Apache-2.0
/**
 * What tests share: a contract suite for each interface that plugins implement, and fakes of the
 * floor. A suite is an interface of default test methods; a test class implements it, says how to
 * open its subject, and inherits the cases.
 */
@NullMarked
package gantry.testkit;

import org.jspecify.annotations.NullMarked;
