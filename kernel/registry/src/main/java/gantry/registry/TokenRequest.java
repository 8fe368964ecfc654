// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.transfer.Credentials;
import java.util.List;

/**
 * What a token is asked with; tokens of equal requests are the same.
 *
 * @param scopes sorted, each once
 */
record TokenRequest(String realm, String service, List<String> scopes, Credentials credentials) {}
