// Translates the settings to the options of each module. Pure, but for what reads the environment.
#pragma once
#include <streamdemo/artifacts/s3.hpp>
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/bus/inprocess.hpp>
#include <streamdemo/bus/kafka.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/management/management.hpp>
#include <streamdemo/processor/processor.hpp>

namespace streamdemo::app {

bus::kafka_options kafka_options(const config::settings& s);
bus::journal_options journal_options(const config::settings& s);
artifacts::options artifact_options(const config::settings& s, int descriptors_below);

// What the environment says of a bucket, in the words of AWS's own tools. Empty: nothing.
struct aws_variables {
  std::string endpoint;
  std::string ca_file;
  std::string region;
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::string credentials_file;
  std::string profile;
};
aws_variables variables_of_aws();
// Takes the secrets out of the environment, so that programs which this one starts do not get them, if they are the key
// that bucket_options() chooses. Call it before there are other threads.
void hide_key_of_aws(const config::settings& s, const aws_variables& of_aws);
artifacts::s3_options bucket_options(const config::settings& s, const aws_variables& of_aws);

management::options management_options(const config::settings& s, std::string token, int descriptors_below);
// Its request topics: the common one, and the ones for single kinds that have a command.
processor::options processor_options(const config::settings& s, std::string source);

}  // namespace streamdemo::app
